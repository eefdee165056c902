import { id, join, ROW_ID, sql, type TableRow } from '@trainyard/tables/sql';
import { NTH } from '../place.js';
import type { Lesson } from './contract.js';

/**
 * Numbers of at most `most` rows of the training part, in the order of the table, `null` where there is none to compute
 * with. Which rows says a hash of the seed and their identity, so that a row that is added takes the place of one other at most.
 */
export async function drawnRows(
  { database, from, columns, seed }: Lesson,
  names: readonly string[],
  most: number,
): Promise<(number | null)[][]> {
  const identity = columns.some(({ name }) => name === ROW_ID) ? id(ROW_ID) : sql`${NTH}::VARCHAR`;
  const cells = names.map((name, i) => sql`${id(name)}::DOUBLE AS ${id(`c${i}`)}`);
  const rows = await database.rows<TableRow>(
    sql`SELECT * FROM (SELECT ${join([...cells, sql`${NTH} AS place`])} FROM ${from}
          ORDER BY sha256(${`${seed}/`} || ${identity}), ${NTH} LIMIT ${BigInt(most)}) ORDER BY place`,
  );
  return rows.map((row) =>
    names.map((_, i) => {
      const cell = row[`c${i}`];
      return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
    }),
  );
}

/** Mean of what is there; undefined where nothing is. */
export function meanOf(values: readonly (number | null | undefined)[]): number | undefined {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (typeof value !== 'number') continue;
    sum += value;
    count++;
  }
  return count === 0 ? undefined : sum / count;
}
