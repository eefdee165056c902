import { isHandle } from '../handle.js';
import { canonical } from '../json.js';
import { sayNearest } from '@trainyard/errors';
import type { OuterFold } from './ask.js';
import { refusalOf, type StudyTarget } from './target.js';

/** Names and values that all trials, or those of a fold, are given. */
export function checkGiven(
  { name: node, takes, fields = {} }: StudyTarget,
  place: string,
  given: object,
  space: object = {},
): void {
  const refuse = refusalOf({ name: node });
  for (const [name, value] of Object.entries(given)) {
    const field = `${place}${name}`;
    if (value === undefined) continue;
    if (name in space) refuse(field, `"${name}" is searched, and given in ${field} as well`);
    if (takes && !takes.includes(name))
      refuse(field, `${node} has no input or parameter "${name}"; ${sayNearest(name, takes)}`, takes.join(', '));
    const schema = isHandle(value) || Array.isArray(value) ? undefined : fields[name];
    const issue = schema?.safeParse(value).error?.issues[0];
    if (issue) refuse(field, `${node} does not take ${JSON.stringify(value)} for "${name}": ${issue.message}`);
  }
}

/** Inputs of an outer fold, as they are given. */
export interface GivenFold {
  readonly search: object | readonly object[];
  readonly held: object;
}

/** Each call of an outer fold has all its inputs: it would be told only when the search itself is over. */
export function checkNested(target: StudyTarget, space: object, shared: object, nested: readonly GivenFold[]): void {
  for (const [i, { search, held }] of nested.entries()) {
    const inner: readonly object[] = Array.isArray(search) ? search : [search];
    const parts = [
      ...inner.map((one, n) => [Array.isArray(search) ? `search.${n}` : 'search', one] as const),
      ['held', held] as const,
    ];
    for (const [part, one] of parts) {
      const place = `nested.${i}.${part}`;
      checkGiven(target, `${place}.`, one, space);
      const missing = target.needs.find((name) => !(name in shared) && !(name in one));
      if (missing !== undefined)
        refusalOf(target)(`${place}.${missing}`, `${place} lacks the input "${missing}" of ${target.name}`);
    }
  }
}

/** Throws TY-STUDY where all that judges an outer fold's search was seen by it. Once artifacts are known. */
export function checkHeld(target: StudyTarget, nested: readonly OuterFold[]): void {
  for (const [i, { search, held }] of nested.entries()) {
    const seen = (Array.isArray(search) ? search : [search]).flatMap((one) =>
      Object.values(one).map((v) => canonical(v)),
    );
    if (Object.values(held).every((value) => seen.includes(canonical(value))))
      refusalOf(target)(
        `nested.${i}.held`,
        `the search of outer fold ${i + 1} is given all that judges it`,
        'in held, rows that the inputs in search do not have',
      );
  }
}
