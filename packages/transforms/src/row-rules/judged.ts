import { UserError } from '@trainyard/errors';
import { id, sql, type Sql } from '@trainyard/tables/sql';
import type { RuleCell, TableStep } from './contract.js';
import type { Otherwise } from './parameters.js';

/** What becomes of rows of which `failing` is true; where it is `missing`, the cells themselves say so. */
export function judged(
  column: string,
  failing: Sql,
  what: Otherwise,
  expected: string,
): Pick<TableStep, 'about' | 'drop' | 'stop'> {
  const sure = sql`coalesce(${failing}, false)`;
  if (what === 'stop') return { about: [column], stop: { failing: sure, expected, column } };
  return what === 'drop' ? { about: [column], drop: { failing: sure, expected, column } } : { about: [column] };
}

/** SQL for rows whose cell is there, and that a reading leaves without one. */
export const unread = (column: string, value: Sql): Sql => sql`${id(column)} IS NOT NULL AND ${value} IS NULL`;

/**
 * What a cell that could not be read is at serving: missing where the rule says so. Where it would drop the row or stop
 * the run, the request is wrong: throws a UserError.
 */
export function unreadCell(rule: string, column: string, cell: unknown, what: Otherwise, expected: string): RuleCell {
  if (what === 'missing') return null;
  throw new UserError(`rule "${rule}" cannot read column "${column}"`, {
    where: { column },
    expected: `${expected}, or null where it is missing`,
    actual: `${typeof cell} ${JSON.stringify(cell)?.slice(0, 80)}`,
  });
}
