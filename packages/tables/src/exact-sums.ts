import { sql, type Sql } from './sql.js';

/** 2^52: what lies within -1 and 1 keeps 52 bits behind the point. */
const UNIT = 4503599627370496;
const UNIT_BITS = 52n;

/**
 * SQL for the sum of what lies within -1 and 1, as whole numbers of 2^-52: these add up exactly, so that any number of
 * threads, and any order of rows, gives the same bits. Each value is rounded by at most 2^-53; the sum of n values is
 * closer to the true one than what adding doubles gives. `times`: how many rows each row stands for.
 */
export function exactSum(value: Sql, times?: Sql): Sql {
  return sql`(${sumOf(sql`(${value} * ${UNIT})::BIGINT`, times)}::DOUBLE / ${UNIT})`;
}

function sumOf(whole: Sql, times: Sql | undefined): Sql {
  return times ? sql`sum((${whole})::HUGEINT * ${times})` : sql`sum(${whole})`;
}

/**
 * SQL for both parts of a sum of what lies within -2 and 2, as text: whole numbers of 2^-52, and what is left of each value,
 * as whole numbers of 2^-104. `exactTotal` puts them together.
 */
export function exactParts(value: Sql, times?: Sql): readonly [high: Sql, low: Sql] {
  const whole = sql`(${value} * ${UNIT})`;
  const rest = sql`((${whole} - (${whole})::BIGINT::DOUBLE) * ${UNIT})`;
  return [
    sql`${sumOf(sql`(${whole})::BIGINT`, times)}::VARCHAR`,
    sql`${sumOf(sql`(${rest})::BIGINT`, times)}::VARCHAR`,
  ];
}

/** A sum as a whole number of 2^-104. Totals of chunks are added, in any grouping, to that of the whole. */
export function exactTotal(high: unknown, low: unknown): bigint {
  const part = (text: unknown): bigint => (typeof text === 'string' ? BigInt(text) : 0n);
  return (part(high) << UNIT_BITS) + part(low);
}

/** A value within -2 and 2 as such a whole number. */
export function exactUnits(value: number): bigint {
  const whole = Math.round(value * UNIT);
  return (BigInt(whole) << UNIT_BITS) + BigInt(Math.round((value * UNIT - whole) * UNIT));
}

/** A total divided by a count, as the nearest double. */
export function exactMean(total: bigint, count: bigint): number {
  if (total === 0n || count === 0n) return 0;
  const [above, below] = [total < 0n ? -total : total, count << (2n * UNIT_BITS)];
  const shift = BigInt(66 + below.toString(2).length - above.toString(2).length);
  const [top, bottom] = shift >= 0n ? [above << shift, below] : [above, below << -shift];
  // Whether anything is left decides at the middle between two doubles.
  const quotient = Number((top / bottom) | (top % bottom === 0n ? 0n : 1n)) * 2 ** Number(-shift);
  return total < 0n ? -quotient : quotient;
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
