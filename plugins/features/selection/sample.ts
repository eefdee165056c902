import { id, join, sql, type Sql, type TableCell } from '@trainyard/tables/sql';
import type { Label } from '../label.js';
import type { Lesson } from '../lesson.js';

/** Rows that models of selections learn from. */
const ROWS = 10_000;

/** Some rows of the training part, with their label; which ones, a hash of the seed and their identity says. */
export interface Sample {
  readonly rows: number;
  /** Of each feature its values, 0 where one is missing. */
  readonly features: readonly Float64Array[];
  /** Of each target of the label its values. */
  readonly targets: readonly Float64Array[];
}

/** `order` tells rows apart, such as their identity. */
export async function sampleOf(
  lesson: Lesson,
  features: readonly Sql[],
  { targets }: Label,
  order: Sql,
): Promise<Sample> {
  const { database, from, seed } = lesson;
  const cells = [...features.map((x) => sql`coalesce(${x}, ${0})`), ...targets.map(({ z }) => z)];
  const query = sql`SELECT ${join(cells.map((cell, i) => sql`${cell} AS ${id(`c${i}`)}`))} FROM (
      FROM ${from} WHERE ${targets[0]!.z} IS NOT NULL ORDER BY sha256(${`sample ${seed} `} || ${order}::VARCHAR), ${order} LIMIT ${BigInt(ROWS)})`;
  const all = await lesson.ask(query.text, async () => {
    const columns: number[][] = cells.map(() => []);
    for await (const batch of database.batches<Record<string, TableCell>>(query))
      for (const row of batch) columns.forEach((column, i) => column.push(Number(row[`c${i}`])));
    return columns.map((column) => Float64Array.from(column));
  });
  return { rows: all[0]?.length ?? 0, features: all.slice(0, features.length), targets: all.slice(features.length) };
}
