import { join, sql, type Sql } from './sql.js';

/**
 * SQL for the rows of `from` that may equal another in these cells: all that do, and, as a 64-bit hash has it, hardly
 * any that do not. Few rows are left for an exact comparison, which is slow on wide ones.
 */
export function mayRepeat(from: Sql, cells: readonly Sql[]): Sql {
  const hash = sql`hash(${join(cells)})`;
  return sql`(SELECT * FROM ${from} WHERE ${hash} IN (SELECT ${hash} FROM ${from} GROUP BY 1 HAVING count(*) > 1))`;
}
