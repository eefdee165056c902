import type { Database } from './database.js';
import { sql, type Sql } from './sql.js';

/** Statistics of numbers; all 0 where there are none. */
export interface NumberStatistics {
  /** Finite values, and all others. */
  readonly present: number;
  readonly missing: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the population, and of the sample (n - 1). */
  readonly deviation: number;
  readonly sampleDeviation: number;
  /** Adjusted Fisher–Pearson coefficient of skewness, G1; 0 where it is not defined. */
  readonly skewness: number;
  /** For each share asked for; linear interpolation between ranks (Hyndman and Fan's type 7). */
  readonly quantiles: readonly number[];
}

/** SQL for a numeric cell as a double: NULL where it is missing or not finite. */
export function finite(cell: Sql): Sql {
  return sql`(CASE WHEN isfinite(${cell}::DOUBLE) THEN ${cell}::DOUBLE END)`;
}

/**
 * Statistics of the finite values that `cell` takes in the rows of `from`. Every result is finite, whatever the
 * values: those of extreme size are divided by a power of two first, so that squares and sums neither overflow nor
 * vanish, and multiplied back.
 */
export async function numberStatistics(
  database: Database,
  from: Sql,
  cell: Sql,
  shares: readonly number[] = [],
): Promise<NumberStatistics> {
  const x = finite(cell);
  const limits = await database.row<{ present: number; missing: number; min: number | null; max: number | null }>(
    sql`SELECT count(${x}) AS present, count(*) - count(${x}) AS missing, min(${x}) AS min, max(${x}) AS max FROM ${from}`,
  );
  const { present, missing, min, max } = limits;
  if (min === null || max === null) {
    const none = { min: 0, max: 0, mean: 0, deviation: 0, sampleDeviation: 0, skewness: 0 };
    return { present, missing, ...none, quantiles: shares.map(() => 0) };
  }
  const unit = unitOf(Math.max(Math.abs(min), Math.abs(max)));
  const y = unit === 1 ? x : sql`(${x} / ${unit})`;
  const sums = await database.row<{ mean: number; deviation: number; sample: number | null }>(
    sql`SELECT favg(${y}) AS mean, stddev_pop(${y}) AS deviation, stddev_samp(${y}) AS sample FROM ${from}`,
  );
  const quantiles =
    shares.length === 0
      ? []
      : await database.rows<{ q: number }>(sql`SELECT unnest(quantile_cont(${y}, ${shares})) AS q FROM ${from}`);
  return {
    present,
    missing,
    min,
    max,
    mean: within(sums.mean * unit, min, max),
    deviation: within(sums.deviation * unit),
    sampleDeviation: within((sums.sample ?? 0) * unit),
    skewness: await skewness(database, from, y, { ...sums, present }),
    quantiles: quantiles.map(({ q }) => within(q * unit, min, max)),
  };
}

/** G1 = g1 sqrt(n (n - 1)) / (n - 2), g1 the mean cube of the standardised values: central, so nothing cancels. */
async function skewness(
  database: Database,
  from: Sql,
  y: Sql,
  { mean, deviation, present: n }: { mean: number; deviation: number; present: number },
): Promise<number> {
  if (n < 3 || !(deviation > 0)) return 0;
  const { g1 } = await database.row<{ g1: number }>(
    sql`SELECT favg(pow((${y} - ${mean}) / ${deviation}, 3)) AS g1 FROM ${from}`,
  );
  return Number.isFinite(g1) ? (g1 * Math.sqrt(n * (n - 1))) / (n - 2) : 0;
}

/** A power of two that brings values of this size near 1; 1 where they can be computed with as they are. */
function unitOf(size: number): number {
  if (size === 0 || (size > 1e-100 && size < 1e100)) return 1;
  return 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(size)) + 2));
}

function within(value: number, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number {
  return Math.min(max, Math.max(min, value));
}
