import { exactMean, exactParts, exactTotal, exactUnits, sql, type Sql } from '@trainyard/tables/sql';
import type { Lesson } from './lesson.js';

/** Limits of a DOUBLE whose values are finite or NULL; all 0 where there are none. */
export interface Limits {
  readonly present: number;
  readonly missing: number;
  readonly min: number;
  readonly max: number;
}

export async function limitsOf(lesson: Lesson, x: Sql): Promise<Limits> {
  const [present, min, max] = await Promise.all([
    lesson.number(sql`count(${x})`),
    lesson.number(sql`min(${x})`),
    lesson.number(sql`max(${x})`),
  ]);
  return { present, missing: lesson.rows - present, min, max };
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
export async function momentsOf(lesson: Lesson, x: Sql, fill?: number): Promise<Moments> {
  const { present, missing, min, max } = await limitsOf(lesson, x);
  const filled = fill === undefined ? 0 : missing;
  const all = BigInt(present + filled);
  if (all === 0n) return { mean: 0, deviation: 0 };
  const limits = [...(present > 0 ? [min, max] : []), ...(fill !== undefined && filled > 0 ? [fill] : [])];
  const [low, high] = [Math.min(...limits), Math.max(...limits)];
  const unit = powerAbove(Math.max(Math.abs(low), Math.abs(high)));
  const y = sql`(${x} / ${unit})`;
  const total = await totalOf(lesson, y, (fill ?? 0) / unit, filled);
  const mean = within(exactMean(total, all) * unit, low, high);
  const reach = powerAbove(Math.max(high / unit - mean / unit, mean / unit - low / unit));
  const w = sql`((${y} - ${mean / unit}) / ${reach})`;
  const stands = ((fill ?? 0) / unit - mean / unit) / reach;
  const squares = await totalOf(lesson, sql`(${w} * ${w})`, stands * stands, filled);
  const deviation = Math.sqrt(exactMean(squares, all)) * reach * unit;
  return { mean, deviation: low === high ? 0 : Math.min(deviation, Number.MAX_VALUE) };
}

async function totalOf(lesson: Lesson, value: Sql, fill: number, times: number): Promise<bigint> {
  const [high, low] = exactParts(value);
  const total = exactTotal(...(await Promise.all([lesson.figure(high), lesson.figure(low)])));
  return times === 0 ? total : total + BigInt(times) * exactUnits(fill);
}

/** Quantiles within the limits, whatever the size of the values. */
export async function quantilesWithin(lesson: Lesson, x: Sql, shares: readonly number[]): Promise<number[]> {
  const { min, max } = await limitsOf(lesson, x);
  const size = Math.max(Math.abs(min), Math.abs(max));
  const unit = size > 1e-100 && size < 1e100 ? 1 : powerAbove(size);
  const found = await lesson.quantilesOf(unit === 1 ? x : sql`(${x} / ${unit})`, shares);
  return found.map((value) => within(value * unit, min, max));
}

/** A power of two that no value of this size exceeds twice. */
function powerAbove(size: number): number {
  return size === 0 ? 1 : 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(size))));
}

function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
