import { sql, type Sql } from '@trainyard/tables';

/** 2^52: what lies within -1 and 1 keeps 52 bits behind the point. */
const UNIT = 4503599627370496;

/**
 * SQL for the sum of what lies within -1 and 1, as whole numbers of 2^-52: these add up exactly, so that any number of
 * threads, and any order of rows, gives the same bits. Each value is rounded by at most 2^-53; the sum of n values is
 * closer to the true one than what adding doubles gives.
 */
export function exactSum(value: Sql): Sql {
  return sql`(sum((${value} * ${UNIT})::BIGINT)::DOUBLE / ${UNIT})`;
}

/** A power of two that brings values of this size near 1, so that neither sums nor squares leave the doubles. */
export function unitOf(size: number): number {
  if (size === 0 || (size > 1e-100 && size < 1e100)) return 1;
  return 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(size)) + 2));
}

/** How values of a column are brought to -1 to 1: divided by `unit`, less `center`, divided by `reach`. */
export interface Scale {
  readonly unit: number;
  readonly center: number;
  readonly reach: number;
}

/** Of a column with these limits, around `center` (its middle by default). */
export function scaleOf(min: number, max: number, center?: number): Scale {
  const unit = unitOf(Math.max(Math.abs(min), Math.abs(max)));
  const [low, high] = [min / unit, max / unit];
  const middle = center === undefined ? low + (high - low) / 2 : center / unit;
  return { unit, center: middle, reach: Math.max(high - middle, middle - low) || 1 };
}

export function scaled(x: Sql, { unit, center, reach }: Scale): Sql {
  const y = unit === 1 ? x : sql`(${x} / ${unit})`;
  return sql`((${y} - ${center}) / ${reach})`;
}

/** The value that stands at a place of the scale. */
export function unscaled(place: number, { unit, center, reach }: Scale): number {
  return (center + place * reach) * unit;
}

/** Tukey's fences: one and a half times the box from it, within the doubles. */
export function fencesOf([first, , third]: readonly [number, number, number]): [number, number] {
  const unit = unitOf(Math.max(Math.abs(first), Math.abs(third)));
  const reach = 1.5 * (third / unit - first / unit);
  const bound = (value: number): number => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value * unit));
  return [bound(first / unit - reach), bound(third / unit + reach)];
}
