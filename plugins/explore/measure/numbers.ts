import { sql, type Sql } from '@trainyard/tables';
import type { BoxPlot, NumericProfile } from '../profile.js';
import { histogramsOf } from './histograms.js';
import { orderOf, type Ordered } from './order.js';
import { LONG, quantilesOf } from './quantiles.js';
import { figuresOf, type Field, type Relation } from './relation.js';
import { exactSum, fencesOf, scaled, scaleOf, unscaled } from './sums.js';

/** Values whose distinct ones a query holds at a time. */
const HELD = 4e6;
const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

type Numeric = Field & { readonly x: Sql };
interface Limits {
  readonly field: Numeric;
  readonly present: number;
  readonly min: number;
  readonly max: number;
}

/** Profiles the columns of numbers. */
export async function profileNumbers(relation: Relation, fields: readonly Numeric[]): Promise<NumericProfile[]> {
  const counts = await figuresOf(relation, fields, ({ x, cell, type }) => ({
    present: sql`count(${x})`,
    given: sql`count(${cell})`,
    nan: type === 'number' ? sql`count(*) FILTER (isnan(${cell}))` : sql`0`,
    zeros: sql`count(*) FILTER (${x} = 0)`,
    negative: sql`count(*) FILTER (${x} < 0)`,
    min: sql`min(${x})`,
    max: sql`max(${x})`,
  }));
  const limits = fields.map((field, i): Limits => {
    const { present, min, max } = counts[i]!;
    return { field, present: Number(present), min: Number(min), max: Number(max) };
  });
  const ranged = fields.map(({ x }, i) => ({ x, min: numberOr(counts[i]!.min), max: numberOr(counts[i]!.max) }));
  const histograms = await histogramsOf(relation, ranged);
  const ordered = limits.map(({ field, ...limit }) => ({ x: field.x, ...limit }));
  const quantiles = await quantilesOf(relation, ordered, SHARES);
  const distinct = await distinctOf(relation, ordered);
  const moments = await momentsOf(relation, limits);
  const boxes = await boxesOf(
    relation,
    limits.map(({ field, present }, i) => ({ x: field.x, present, quartiles: quartilesOf(quantiles[i]!) })),
  );
  return fields.map(({ name, type }, i) => {
    const { present, given, nan, zeros, negative, min, max } = counts[i]!;
    return {
      name,
      type,
      rows: relation.rows,
      missing: relation.rows - Number(given),
      distinct: distinct[i]!.n,
      kind: 'numeric',
      nan: Number(nan),
      infinite: Number(given) - Number(nan) - Number(present),
      zeros: Number(zeros),
      negative: Number(negative),
      ...moments[i]!,
      min: Number(min),
      quartiles: quartilesOf(quantiles[i]!),
      quantiles: quantiles[i]!.map((value, k) => ({ share: SHARES[k]!, value })),
      max: Number(max),
      box: boxes[i]!,
      histogram: histograms[i]!,
    };
  });
}

/** Different finite values of each column. */
async function distinctOf(relation: Relation, columns: readonly Ordered[]): Promise<{ n: number }[]> {
  if (relation.rows < LONG) {
    const found = await figuresOf(relation, columns, ({ x }) => ({ n: sql`count(DISTINCT ${x})` }), HELD);
    return found.map(({ n }) => ({ n: Number(n) }));
  }
  const found: { n: number }[] = [];
  for (const column of columns) found.push({ n: (await orderOf(relation, column)).distinct });
  return found;
}

const numberOr = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function quartilesOf(quantiles: readonly number[]): [number, number, number] {
  return [quantiles[2] ?? 0, quantiles[3] ?? 0, quantiles[4] ?? 0];
}

/** Box plots of what has these quartiles; all 0 where there are no values. */
export async function boxesOf(
  relation: Relation,
  columns: readonly { x: Sql; present: number; quartiles: readonly [number, number, number] }[],
): Promise<BoxPlot[]> {
  const fenced = columns.map(({ x, quartiles }) => {
    const [low, high] = fencesOf(quartiles);
    return { x, low, high };
  });
  const found = await figuresOf(relation, fenced, ({ x, low, high }) => ({
    low: sql`min(${x}) FILTER (${x} >= ${low})`,
    high: sql`max(${x}) FILTER (${x} <= ${high})`,
    below: sql`count(*) FILTER (${x} < ${low})`,
    above: sql`count(*) FILTER (${x} > ${high})`,
  }));
  return columns.map(({ quartiles: [first, median, third] }, i) => {
    const { low, high, below, above } = found[i]!;
    return { low: Number(low), first, median, third, high: Number(high), below: Number(below), above: Number(above) };
  });
}

type Moments = Pick<NumericProfile, 'mean' | 'deviation' | 'skewness' | 'kurtosis'>;

/** Mean, deviation, skewness and kurtosis, in two passes: the second is about the mean, so that nothing cancels. */
async function momentsOf(relation: Relation, columns: readonly Limits[]): Promise<Moments[]> {
  const around = columns.map(({ min, max }) => scaleOf(min, max));
  const sums = await figuresOf(
    relation,
    columns.map((one, i) => scaled(one.field.x, around[i]!)),
    (z) => ({ sum: exactSum(z) }),
  );
  const means = columns.map(({ present, min, max }, i) =>
    present === 0 ? 0 : Math.min(max, Math.max(min, unscaled(Number(sums[i]!.sum) / present, around[i]!))),
  );
  const central = columns.map(({ min, max }, i) => scaleOf(min, max, means[i]!));
  const powers = await figuresOf(
    relation,
    columns.map((one, i) => scaled(one.field.x, central[i]!)),
    (z) => ({
      first: exactSum(z),
      second: exactSum(sql`${z} * ${z}`),
      third: exactSum(sql`${z} * ${z} * ${z}`),
      fourth: exactSum(sql`${z} * ${z} * ${z} * ${z}`),
    }),
  );
  return columns.map(({ present: n }, i) => {
    const { first, second, third, fourth } = powers[i]!;
    const mean = means[i]!;
    if (n < 2) return { mean, deviation: 0, skewness: 0, kurtosis: 0 };
    // The mean is rounded: what is left of the first moment is taken off the others.
    const d = Number(first) / n;
    const variance = Math.max(0, Number(second) / n - d * d);
    const { unit, reach } = central[i]!;
    const deviation = Math.min(Number.MAX_VALUE, Math.sqrt((variance * n) / (n - 1)) * reach * unit);
    if (!(variance > 0)) return { mean, deviation: 0, skewness: 0, kurtosis: 0 };
    const m3 = Number(third) / n - 3 * d * (Number(second) / n) + 2 * d ** 3;
    const m4 = Number(fourth) / n - 4 * d * (Number(third) / n) + 6 * d * d * (Number(second) / n) - 3 * d ** 4;
    return { mean, deviation, skewness: skewnessOf(n, variance, m3), kurtosis: kurtosisOf(n, variance, m4) };
  });
}

/** G1 = g1 sqrt(n (n - 1)) / (n - 2). */
function skewnessOf(n: number, m2: number, m3: number): number {
  const value = n < 3 ? 0 : ((m3 / m2 ** 1.5) * Math.sqrt(n * (n - 1))) / (n - 2);
  return Number.isFinite(value) ? value : 0;
}

/** G2 = ((n + 1) g2 + 6) (n - 1) / ((n - 2) (n - 3)), g2 the excess of the fourth moment. */
function kurtosisOf(n: number, m2: number, m4: number): number {
  const value = n < 4 ? 0 : (((n + 1) * (m4 / m2 ** 2 - 3) + 6) * (n - 1)) / ((n - 2) * (n - 3));
  return Number.isFinite(value) ? value : 0;
}
