import { id, join, mayRepeat, sql } from '@trainyard/tables';
import type { Relation } from '../../measure/index.js';
import type { Both, Comparison } from '../comparison.js';
import type { Pair } from './pair.js';

/** Rows of the table that equal one of the reference in all columns of one type; of a single column nothing is said. */
export async function sharedRows(
  [reference, table]: Both<Relation>,
  pairs: readonly Pair[],
): Promise<Comparison['shared']> {
  const both = pairs.flatMap(({ name, sides: [a, b] }) =>
    a && b && a.column.type === b.column.type ? [{ name, a: a.field.cell, b: b.field.cell }] : [],
  );
  const columns = both.map(({ name }) => name);
  if (both.length < 2) return { columns, rows: 0 };
  const cells = both.map((_, i) => id(`c${i}`));
  const [before, after] = (['a', 'b'] as const).map((side) =>
    join(both.map((one, i) => sql`${one[side]} AS ${cells[i]!}`)),
  );
  const { database } = reference;
  const [all, side] = [id('both sides'), id('of table')];
  await database.run(
    sql`CREATE OR REPLACE VIEW ${all} AS SELECT FALSE AS ${side}, ${before!} FROM ${reference.from}
        UNION ALL SELECT TRUE, ${after!} FROM ${table.from}`,
  );
  const { rows } = await database.row<{ rows: number | null }>(
    sql`SELECT sum(n)::BIGINT AS rows FROM (
          SELECT count(*) FILTER (${side}) AS n, count(*) FILTER (NOT ${side}) AS others FROM ${mayRepeat(all, cells)} GROUP BY ${join(cells)}
        ) WHERE others > 0`,
  );
  return { columns, rows: rows ?? 0 };
}
