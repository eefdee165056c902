import { join as joinPath } from 'node:path';
import { id, join, sql, type Sql } from '@trainyard/tables';
import { presentOf, type Association, type NumericProfile } from '../profile.js';
import { countBy, figuresOf, type Field, type Relation } from './relation.js';
import { quantilesOf } from './quantiles.js';
import { orderOf, STEPS } from './order.js';
import { edgesOf, stepOf } from './steps.js';
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
  const found = await figuresOf(relation, pairs, ([one, other]) => {
    const [a, b] = [zOf(one), zOf(other)];
    const both = sql`FILTER (${a} IS NOT NULL AND ${b} IS NOT NULL)`;
    const sum = (value: Sql): Sql => sql`(sum((${value} * ${2 ** 52})::BIGINT) ${both})::DOUBLE / ${2 ** 52}`;
    return {
      n: sql`count(*) ${both}`,
      a: sum(a),
      b: sum(b),
      ab: exactSum(sql`${a} * ${b}`),
      aa: sum(sql`${a} * ${a}`),
      bb: sum(sql`${b} * ${b}`),
    };
  });
  return pairs.flatMap(([one, other], i) => {
    const { n, a, b, ab, aa, bb } = found[i]!;
    const rows = Number(n);
    const mean = (sum: unknown): number => Number(sum) / rows;
    const covariance = mean(ab) - mean(a) * mean(b);
    const variances = (mean(aa) - mean(a) ** 2) * (mean(bb) - mean(b) ** 2);
    const value = covariance / Math.sqrt(variances);
    if (rows < 2 || !(variances > 0) || !Number.isFinite(value)) return [];
    return [
      { columns: [one.column.name, other.column.name] as const, measure, value: Math.min(1, Math.max(-1, value)) },
    ];
  });
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
  const terms = exact ? columns.map(exactRank) : await steppedRanks(relation, columns);
  const selected = terms.map((term, i) => sql`${term} AS ${names[i]!}`);
  const numbers = columns.map(({ field }, i) => sql`${field.x} AS ${id(`x${i}`)}`);
  const rows = exact ? relation.from : sql`(SELECT ${join(numbers)} FROM ${relation.from})`;
  await relation.database.run(sql`COPY (SELECT ${join(selected)} FROM ${rows}) TO ${path} (FORMAT parquet)`);
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
async function steppedRanks(relation: Relation, columns: readonly Numeric[]): Promise<Sql[]> {
  const terms: Sql[] = [];
  for (const [i, { column }] of columns.entries()) {
    const x = id(`x${i}`);
    const { edges, rows } = await partsOf(relation, columns[i]!);
    const n = presentOf(column);
    let before = 0;
    const middles = rows.map((part) => {
      const middle = before + (part + 1) / 2;
      before += part;
      return (middle - (n + 1) / 2) / Math.max(1, n / 2);
    });
    terms.push(stepOf(x, edges, (part) => sql`${middles[part]!}`));
  }
  return terms;
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
