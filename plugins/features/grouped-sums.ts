import { exactSum, id, join, sql, type Sql, type TableCell } from '@trainyard/tables/sql';
import { addSums, type Sums, type Target } from './label.js';
import type { Lesson } from './lesson.js';

/** Rows that share values of the expressions: what they sum up to for each target. */
export interface Group {
  readonly by: readonly TableCell[];
  readonly sums: readonly Sums[];
}

/** Sums of the targets, over rows whose label is there, for each combination of values. Exact, so that order does not matter. */
export async function groupedSums(lesson: Lesson, by: readonly Sql[], targets: readonly Target[]): Promise<Group[]> {
  const keys = by.map((one, i) => sql`${one} AS ${id(`g${i}`)}`);
  const sums = targets.flatMap(({ z, square }, i) => [
    sql`count(${z}) AS ${id(`n${i}`)}`,
    sql`${exactSum(z)} AS ${id(`s${i}`)}`,
    sql`${exactSum(square)} AS ${id(`q${i}`)}`,
  ]);
  const rows = await lesson.group<Record<string, TableCell>>(
    sql`SELECT ${join([...keys, ...sums])} FROM ${lesson.from} GROUP BY ALL ORDER BY ${join(by.map((_, i) => id(`g${i}`)))}`,
  );
  return rows.map((row) => ({
    by: by.map((_, i) => row[`g${i}`] ?? null),
    sums: targets.map((_, i) => ({
      n: Number(row[`n${i}`]),
      s: Number(row[`s${i}`] ?? 0),
      q: Number(row[`q${i}`] ?? 0),
    })),
  }));
}

export function totalOf(groups: readonly Group[], targets: readonly Target[]): Sums[] {
  return targets.map((_, t) => groups.map(({ sums }) => sums[t]!).reduce(addSums, { n: 0, s: 0, q: 0 }));
}
