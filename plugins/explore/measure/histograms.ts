import { sql, type Sql } from '@trainyard/tables';
import type { Histogram } from '../profile.js';
import { countBy, type Relation } from './relation.js';

const BINS = 24;

/** What has an order, and its limits; `null` where there are no values. */
export interface Ranged {
  readonly x: Sql;
  readonly min: number | null;
  readonly max: number | null;
}

/** Counts in bins of equal width; one bin where all values are equal, none where there are none. */
export async function histogramsOf(relation: Relation, columns: readonly Ranged[]): Promise<Histogram[]> {
  const counted = await countBy(relation, columns, ({ x, min, max }) => {
    if (min === null || max === null) return sql`CASE WHEN ${x} IS NOT NULL THEN 0.0::DOUBLE END`;
    const half = halfOf(min, max);
    const share = sql`((${x} / 2 - ${min / 2}) / ${half === 0 ? 1 : half})`;
    // `least` passes NULL over.
    return sql`CASE WHEN ${x} IS NOT NULL THEN least(floor(${share} * ${BINS}), ${half === 0 ? 0 : BINS - 1}) END`;
  });
  return columns.map(({ min, max }, i) => {
    if (min === null || max === null) return { from: 0, width: 0, counts: [] };
    const half = halfOf(min, max);
    const counts = Array.from({ length: half === 0 ? 1 : BINS }, () => 0);
    for (const { value, rows } of counted[i] ?? []) counts[Number(value)] = rows;
    return { from: min, width: half === 0 ? 0 : (half / BINS) * 2, counts };
  });
}

/** Halved before they are subtracted: the range of extreme values would not be finite. */
const halfOf = (min: number, max: number): number => max / 2 - min / 2;
