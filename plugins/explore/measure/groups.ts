import { id, join, sql, type Sql } from '@trainyard/tables';
import type { BoxPlot } from '../profile.js';
import type { Coded } from './codes.js';
import { batchesOf, type Relation } from './relation.js';
import type { Numeric } from './correlations.js';
import { exactSum, fencesOf, scaled, scaleOf, unitOf } from './sums.js';

/** Values whose quartiles a query holds at a time. */
const HELD = 16e6;

/**
 * Eta squared of each number among the groups of `by`: 1 - (variance within the groups) / (variance in all), over rows that
 * have both; 0 where there is no variance.
 */
export async function correlationRatios(relation: Relation, numbers: readonly Numeric[], by: Coded): Promise<number[]> {
  const found: number[] = [];
  for (const batch of batchesOf(numbers, relation.rows)) {
    const terms = batch.flatMap(({ field, column }, i) => {
      const z = scaled(field.x, scaleOf(column.min, column.max, column.mean));
      return [
        sql`count(${z}) AS ${id(`n${i}`)}`,
        sql`${exactSum(z)} AS ${id(`s${i}`)}`,
        sql`${exactSum(sql`${z} * ${z}`)} AS ${id(`q${i}`)}`,
      ];
    });
    const groups = await relation.database.rows<Record<string, number | null>>(
      sql`SELECT ${by.code} AS code, ${join(terms)} FROM ${relation.from} WHERE ${by.code} IS NOT NULL GROUP BY 1 ORDER BY 1`,
    );
    found.push(
      ...batch.map((_, i) => {
        const sums = groups.map((row) => ({ n: row[`n${i}`] ?? 0, s: row[`s${i}`] ?? 0, q: row[`q${i}`] ?? 0 }));
        const add = (of: (one: { n: number; s: number; q: number }) => number): number =>
          sums.reduce((sum, one) => sum + of(one), 0);
        const [n, s] = [add((one) => one.n), add((one) => one.s)];
        const all = add((one) => one.q) - (n === 0 ? 0 : s ** 2 / n);
        const within = add((one) => one.q - (one.n === 0 ? 0 : one.s ** 2 / one.n));
        return all > 0 ? Math.min(1, Math.max(0, 1 - within / all)) : 0;
      }),
    );
  }
  return found;
}

/** Quartiles of a number in a group, and how many rows it has there. */
export interface Group {
  readonly code: number;
  readonly rows: number;
  readonly quartiles: readonly [number, number, number];
}

/** Quartiles of `number` in each group of each `by`; groups in order, without those where it has no value. */
export async function quartilesBy(
  relation: Relation,
  pairs: readonly (readonly [Numeric, Coded])[],
): Promise<Group[][]> {
  const found: Group[][] = [];
  for (const batch of batchesOf(pairs, relation.rows, HELD)) {
    const lists = batch.map(() => [] as Group[]);
    const queries = batch.map(([{ field, column }, { code }], i) => {
      const unit = unitOf(Math.max(Math.abs(column.min), Math.abs(column.max)));
      const quartile = (share: number): Sql => sql`quantile_cont(${field.x} / ${unit}, ${share}) * ${unit}`;
      return sql`SELECT ${i} AS item, ${code} AS code, count(${field.x}) AS n, ${quartile(0.25)} AS a, ${quartile(0.5)} AS b,
        ${quartile(0.75)} AS c FROM ${relation.from} WHERE ${code} IS NOT NULL AND ${field.x} IS NOT NULL GROUP BY 2`;
    });
    const rows = await relation.database.rows<{
      item: number;
      code: number;
      n: number;
      a: number;
      b: number;
      c: number;
    }>(sql`FROM (${join(queries, ' UNION ALL ')}) ORDER BY item, code`);
    for (const { item, code, n, a, b, c } of rows) lists[item]?.push({ code, rows: n, quartiles: [a, b, c] });
    found.push(...lists);
  }
  return found;
}

/** Box plots of numbers in the groups of `by`. */
export async function boxesBy(
  relation: Relation,
  numbers: readonly Numeric[],
  by: Coded,
): Promise<(BoxPlot & { readonly code: number; readonly rows: number })[][]> {
  const groups = await quartilesBy(
    relation,
    numbers.map((one) => [one, by]),
  );
  const boxes = [];
  for (const [start, batch] of batchesOf(numbers, relation.rows, HELD).map(
    (some, i, all) => [all.slice(0, i).reduce((sum, one) => sum + one.length, 0), some] as const,
  )) {
    const terms = batch.flatMap(({ field: { x } }, i) => {
      const fence = (of: (group: Group) => number): Sql =>
        sql`CASE ${by.code} ${join(
          groups[start + i]!.map((group) => sql`WHEN ${BigInt(group.code)} THEN ${of(group)}`),
          ' ',
        )} ELSE 0 END`;
      const [low, high] = [
        fence(({ quartiles }) => fencesOf(quartiles)[0]),
        fence(({ quartiles }) => fencesOf(quartiles)[1]),
      ];
      if (groups[start + i]!.length === 0) return [sql`0 AS ${id(`low${i}`)}`];
      return [
        sql`min(${x}) FILTER (${x} >= ${low}) AS ${id(`low${i}`)}`,
        sql`max(${x}) FILTER (${x} <= ${high}) AS ${id(`high${i}`)}`,
        sql`count(*) FILTER (${x} < ${low}) AS ${id(`below${i}`)}`,
        sql`count(*) FILTER (${x} > ${high}) AS ${id(`above${i}`)}`,
      ];
    });
    const rows = await relation.database.rows<Record<string, number | null>>(
      sql`SELECT ${by.code} AS code, ${join(terms)} FROM ${relation.from} WHERE ${by.code} IS NOT NULL GROUP BY 1`,
    );
    const at = new Map(rows.map((row) => [row['code'], row]));
    for (const i of batch.keys())
      boxes.push(
        groups[start + i]!.map(({ code, rows: n, quartiles: [first, median, third] }) => {
          const of = (name: string): number => at.get(code)?.[`${name}${i}`] ?? 0;
          return {
            code,
            rows: n,
            low: of('low'),
            first,
            median,
            third,
            high: of('high'),
            below: of('below'),
            above: of('above'),
          };
        }),
      );
  }
  return boxes;
}
