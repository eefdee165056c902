import { exactMean, exactTotal, exactUnits, sql, type Sql } from '@trainyard/tables/sql';
import type { Figures } from './figures.js';

/** Limits of a DOUBLE whose values are finite or NULL; all 0 where there are none. */
export interface Limits {
  readonly present: number;
  readonly missing: number;
  readonly min: number;
  readonly max: number;
}

export async function limitsOf(figures: Figures, x: Sql): Promise<Limits> {
  const [present, min, max] = await Promise.all([
    figures.count(x),
    figures.number(sql`min(${x})`),
    figures.number(sql`max(${x})`),
  ]);
  return { present, missing: figures.rows - present, min, max };
}

export interface Moments {
  readonly mean: number;
  /** Of the population. */
  readonly deviation: number;
}

/**
 * Mean and deviation, where `fill` stands in for missing values if it is given. The sum is exact and rounded once; squares are
 * about the mean, so that nothing cancels.
 */
export async function momentsOf(figures: Figures, x: Sql, fill?: number): Promise<Moments> {
  const { present, missing, min, max } = await limitsOf(figures, x);
  const filled = fill === undefined ? 0 : missing;
  const all = BigInt(present + filled);
  if (all === 0n) return { mean: 0, deviation: 0 };
  const limits = [...(present > 0 ? [min, max] : []), ...(fill !== undefined && filled > 0 ? [fill] : [])];
  const [low, high] = [Math.min(...limits), Math.max(...limits)];
  const unit = powerAbove(Math.max(Math.abs(low), Math.abs(high)));
  const y = sql`(${x} / ${unit})`;
  const total = await totalOf(figures, y, (fill ?? 0) / unit, filled);
  const mean = within(exactMean(total, all) * unit, low, high);
  const reach = powerAbove(Math.max(high / unit - mean / unit, mean / unit - low / unit));
  const w = sql`((${y} - ${mean / unit}) / ${reach})`;
  const stands = ((fill ?? 0) / unit - mean / unit) / reach;
  const squares = await totalOf(figures, sql`(${w} * ${w})`, stands * stands, filled);
  const deviation = Math.sqrt(exactMean(squares, all)) * reach * unit;
  return { mean, deviation: low === high ? 0 : Math.min(deviation, Number.MAX_VALUE) };
}

async function totalOf(figures: Figures, value: Sql, fill: number, times: number): Promise<bigint> {
  const total = exactTotal(...(await figures.parts(value)));
  return times === 0 ? total : total + BigInt(times) * exactUnits(fill);
}

/** Shares that several parts of a fit ask for: sorted once for all of them. */
const COMMON = [0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9];

/** Quantiles within the limits, whatever the size of the values. */
export async function quantilesWithin(figures: Figures, x: Sql, shares: readonly number[]): Promise<number[]> {
  if (shares !== COMMON && shares.every((share) => COMMON.includes(share))) {
    const common = await quantilesWithin(figures, x, COMMON);
    return common.length === 0 ? [] : shares.map((share) => common[COMMON.indexOf(share)]!);
  }
  const { min, max } = await limitsOf(figures, x);
  const size = Math.max(Math.abs(min), Math.abs(max));
  const unit = size > 1e-100 && size < 1e100 ? 1 : powerAbove(size);
  const found = await figures.quantilesOf(unit === 1 ? x : sql`(${x} / ${unit})`, shares);
  return found.map((value) => within(value * unit, min, max));
}

/** Places between all values where there are up to `distinct` of them, else those that make `bins` bins of about as many rows. */
export async function cutsOf(figures: Figures, x: Sql, distinct: number, bins: number): Promise<number[]> {
  if ((await figures.number(sql`count(DISTINCT ${x})`)) <= distinct) {
    const values = await figures.group<{ x: number }>(
      sql`SELECT DISTINCT ${x} AS x FROM ${figures.from} WHERE ${x} IS NOT NULL ORDER BY 1`,
    );
    return values.slice(1).map(({ x: value }, i) => value / 2 + values[i]!.x / 2);
  }
  const shares = Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins);
  return [...new Set(await quantilesWithin(figures, x, shares))];
}

/** A power of two that no value of this size exceeds twice. */
function powerAbove(size: number): number {
  return size === 0 ? 1 : 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(size))));
}

function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
