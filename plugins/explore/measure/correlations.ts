import { join as joinPath } from 'node:path';
import { id, join, sql, type Sql } from '@trainyard/tables';
import { presentOf, type Association, type NumericProfile } from '../profile.js';
import { countBy, figuresOf, type Field, type Relation } from './relation.js';
import { quantilesOf } from './quantiles.js';
import { orderOf, STEPS } from './order.js';
import { edgesOf, stepOf, stepsOver, type Stepped } from './steps.js';
import { exactSum, scaled, scaleOf } from './sums.js';

/** Values up to which ranks are exact; of more, those of 512 parts of as many rows. */
const RANKED = 1e6;
const SHARES = Array.from({ length: STEPS - 1 }, (_, i) => (i + 1) / STEPS);

export interface Numeric {
  readonly field: Field & { readonly x: Sql };
  readonly column: NumericProfile;
}

export type Pair = readonly [Numeric, Numeric];

/** Pearson's and Spearman's correlation of each pair, over rows that have both; a pair without variance is left out. */
export async function correlationsOf(
  relation: Relation,
  pairs: readonly Pair[],
  ranked = RANKED,
): Promise<Association[]> {
  const columns = [...new Set(pairs.flat())];
  if (columns.length === 0) return [];
  const values = new Map(
    columns.map((one) => [one, scaled(one.field.x, scaleOf(one.column.min, one.column.max, one.column.mean))]),
  );
  const ranks = await ranksOf(relation, columns, ranked);
  return [
    ...(await pearson(relation, pairs, (one) => values.get(one)!, 'pearson')),
    ...(await pearson(ranks.relation, pairs, (one) => ranks.of.get(one)!, 'spearman')),
  ];
}

async function pearson(
  relation: Relation,
  pairs: readonly Pair[],
  zOf: (one: Numeric) => Sql,
  measure: 'pearson' | 'spearman',
): Promise<Association[]> {
  const products = await figuresOf(relation, pairs, ([one, other]) => ({
    sum: exactSum(sql`${zOf(one)} * ${zOf(other)}`),
  }));
  const besides = new Map(
    pairs.flatMap(([one, other]) => [beside(relation, one, other), beside(relation, other, one)]),
  );
  const figures = await figuresOf(relation, [...besides.values()], ({ one, other }) => {
    const z = zOf(one);
    const there = other ? sql`FILTER (${zOf(other)} IS NOT NULL)` : sql``;
    const sum = (value: Sql): Sql => sql`(sum((${value} * ${2 ** 52})::BIGINT) ${there})::DOUBLE / ${2 ** 52}`;
    return { n: sql`count(${z}) ${there}`, sum: sum(z), squares: sum(sql`${z} * ${z}`) };
  });
  const found = new Map([...besides.keys()].map((key, i) => [key, figures[i]!]));
  return pairs.flatMap(([one, other], i) => {
    const a = found.get(beside(relation, one, other)[0])!;
    const b = found.get(beside(relation, other, one)[0])!;
    const rows = Number(a.n);
    const mean = (sum: unknown): number => Number(sum) / rows;
    const covariance = mean(products[i]!.sum) - mean(a.sum) * mean(b.sum);
    const varianceOf = (of: typeof a): number => mean(of.squares) - mean(of.sum) ** 2;
    const variances = varianceOf(a) * varianceOf(b);
    const value = covariance / Math.sqrt(variances);
    if (rows < 2 || !(variances > 0) || !Number.isFinite(value)) return [];
    return [
      { columns: [one.column.name, other.column.name] as const, measure, value: Math.min(1, Math.max(-1, value)) },
    ];
  });
}

interface Beside {
  readonly one: Numeric;
  /** `undefined` where it has a value in each row, and so says nothing of which rows count. */
  readonly other: Numeric | undefined;
}

/** A column over the rows that another has as well: what one column's sums are, whatever the pair, is summed once. */
function beside({ rows }: Relation, one: Numeric, other: Numeric): [key: string, Beside] {
  const bounding = presentOf(other.column) < rows ? other : undefined;
  return [JSON.stringify([one.column.name, bounding?.column.name]), { one, other: bounding }];
}

/** Each column's ranks (equal values share their middle one), from -1 to 1, as columns of a table. */
async function ranksOf(
  relation: Relation,
  columns: readonly Numeric[],
  most: number,
): Promise<{ relation: Relation; of: Map<Numeric, Sql> }> {
  const from = id('ranked');
  const path = joinPath(relation.scratch, 'ranked.parquet');
  const names = columns.map((_, i) => id(`r${i}`));
  const exact = relation.rows * columns.length <= most;
  const ranks = exact
    ? sql`SELECT ${join(columns.map((one, i) => sql`${exactRank(one)} AS ${names[i]!}`))} FROM ${relation.from}`
    : await stepsOver(relation.database, relation.from, await steppedRanks(relation, columns, names));
  await relation.database.run(sql`COPY (${ranks}) TO ${path} (FORMAT parquet)`);
  await relation.database.run(sql`CREATE OR REPLACE VIEW ${from} AS FROM read_parquet(${path})`);
  return { relation: { ...relation, from, fields: [] }, of: new Map(columns.map((one, i) => [one, names[i]!])) };
}

/** Missing values come last, so that the ranks of the others are from 1 to their number. */
function exactRank({ field: { x }, column }: Numeric): Sql {
  const n = presentOf(column);
  const rank = sql`(rank() OVER (ORDER BY ${x} NULLS LAST) + (count(*) OVER (PARTITION BY ${x}) - 1) / 2)`;
  return sql`CASE WHEN ${x} IS NOT NULL THEN (${rank} - ${(n + 1) / 2}) / ${Math.max(1, n / 2)} END`;
}

/** The ranks of parts, from -1 to 1: the middle one of each. */
async function steppedRanks(
  relation: Relation,
  columns: readonly Numeric[],
  names: readonly Sql[],
): Promise<Stepped[]> {
  const stepped: Stepped[] = [];
  for (const [i, one] of columns.entries()) {
    const { edges, rows } = await partsOf(relation, one);
    const n = presentOf(one.column);
    let before = 0;
    const leaves = rows.map((part) => {
      const middle = before + (part + 1) / 2;
      before += part;
      return (middle - (n + 1) / 2) / Math.max(1, n / 2);
    });
    stepped.push({ x: one.field.x, edges, leaves, as: names[i]! });
  }
  return stepped;
}

/** The edges of parts of about as many values each, and the values in each. */
async function partsOf(
  relation: Relation,
  { field, column }: Numeric,
): Promise<{ readonly edges: readonly number[]; readonly rows: readonly number[] }> {
  const ordered = { x: field.x, present: presentOf(column), min: column.min, max: column.max };
  const { steps } = await orderOf(relation, ordered);
  if (steps) return steps;
  const edges = edgesOf((await quantilesOf(relation, [ordered], SHARES))[0] ?? [], column.min);
  const [counted = []] = await countBy(relation, [stepOf(field.x, edges, (part) => sql`${part}`)], (step) => step);
  const rows = edges.concat(0).map(() => 0);
  for (const { value, rows: n } of counted) rows[Number(value)] = n;
  return { edges, rows };
}
