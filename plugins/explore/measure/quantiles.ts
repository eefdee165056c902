import { id, join, sql } from '@trainyard/tables';
import { orderOf, type Ordered } from './order.js';
import { batchesOf, type Relation } from './relation.js';
import { unitOf } from './sums.js';

/** Values that a query holds at a time: 32 MB. */
const HELD = 4e6;
/** Rows from which on a column is put in order once, for all of its quantiles; below, one query looks at many columns. */
export const LONG = 100_000;

/**
 * Exact quantiles of columns, by linear interpolation between ranks (Hyndman and Fan's type 7), an array for each; empty
 * where a column has no values. Each path gives the same bits. `long` is where the second one begins.
 */
export async function quantilesOf(
  relation: Relation,
  columns: readonly Ordered[],
  shares: readonly number[],
  long = LONG,
): Promise<number[][]> {
  const found: number[][] = [];
  if (relation.rows >= long) {
    for (const column of columns) {
      const { at } = await orderOf(relation, column);
      found.push(column.present === 0 ? [] : shares.map(at));
    }
    return found;
  }
  for (const batch of batchesOf(columns, relation.rows, HELD)) {
    const terms = batch.map(
      (column, i) => sql`unnest(quantile_cont(${column.x} / ${unitFor(column)}, ${shares})) AS ${id(`q${i}`)}`,
    );
    const rows = await relation.database.rows<Record<string, number | null>>(
      sql`SELECT ${join(terms)} FROM ${relation.from}`,
    );
    for (const [i, column] of batch.entries())
      found.push(column.present === 0 ? [] : rows.map((row) => within((row[`q${i}`] ?? 0) * unitFor(column), column)));
  }
  return found;
}

const unitFor = ({ min, max }: Ordered): number => unitOf(Math.max(Math.abs(min), Math.abs(max)));
const within = (value: number, { min, max }: Ordered): number => Math.min(max, Math.max(min, value));
