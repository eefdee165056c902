import { join, readAs, sql, type Sql } from '@trainyard/tables';
import { textOf, type RawText } from './raw-text.js';

/** A value that rows are kept by. */
export type Kept = string | number | boolean;
export type Where = Readonly<Record<string, Kept | readonly Kept[]>>;

/** SQL for the rows to keep: by numbers and booleans as such, by text as it stands in the source. */
export function keepOf(raw: RawText, where: Where, missing: readonly string[]): Sql {
  const names = raw.columns.map(({ name }) => name);
  const conditions = Object.entries(where).map(([name, value]) => {
    const values = typeof value === 'object' ? value : [value];
    const text = textOf(raw, names.indexOf(name), missing);
    const is = values.map((one) =>
      typeof one === 'string'
        ? sql`${text} = ${one}`
        : sql`${readAs(typeof one as 'number' | 'boolean', text)} = ${one}`,
    );
    return is.length === 0 ? sql`false` : sql`(${join(is, ' OR ')})`;
  });
  return conditions.length === 0 ? sql`true` : sql`coalesce(${join(conditions, ' AND ')}, false)`;
}
