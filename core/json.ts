/** A JSON value: what parameters, summaries and records are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical text of a JSON value, equal for equal values whatever the order of their keys: RFC 8785 (JCS), which
 * takes number and string forms from ECMAScript's own `JSON.stringify` and sorts keys by UTF-16 code units.
 * `undefined` members are left out, as in `JSON.stringify`. Throws a `TypeError` on what JSON cannot hold
 * (NaN, infinities, functions, bigint, class instances other than those with `toJSON`).
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    let items = '';
    for (const item of value as unknown[]) items += `${items === '' ? '' : ','}${canonical(item ?? null)}`;
    return `[${items}]`;
  }
  if (typeof value === 'object') {
    if ('toJSON' in value && typeof value.toJSON === 'function') return canonical((value.toJSON as () => unknown)());
    const object = value as Record<string, unknown>;
    let members = '';
    // One text that grows: this is asked for with every node, and lists of texts would cost more than the texts.
    for (const key of Object.keys(object).sort()) {
      const member = object[key];
      if (member === undefined) continue;
      members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`;
    }
    return `{${members}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON form`);
}
