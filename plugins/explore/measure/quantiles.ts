import { id, join, sql, type Sql } from '@trainyard/tables';
import { batchesOf, type Relation } from './relation.js';
import { unitOf } from './sums.js';

/** A column of doubles to take quantiles of. */
export interface Ordered {
  readonly x: Sql;
  readonly present: number;
  readonly min: number;
  readonly max: number;
}

/** Values that a query holds at a time: 256 MB. */
const HELD = 32e6;

/**
 * Exact quantiles of columns, by linear interpolation between ranks (Hyndman and Fan's type 7), an array for each; empty
 * where a column has no values. More values than `held` are sorted on the disk.
 */
export async function quantilesOf(
  relation: Relation,
  columns: readonly Ordered[],
  shares: readonly number[],
  held = HELD,
): Promise<number[][]> {
  if (relation.rows > held) {
    const found: number[][] = [];
    for (const column of columns) found.push(await sortedQuantiles(relation, column, shares));
    return found;
  }
  const found: number[][] = [];
  for (const batch of batchesOf(columns, relation.rows, held)) {
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

async function sortedQuantiles(
  { database, from }: Relation,
  column: Ordered,
  shares: readonly number[],
): Promise<number[]> {
  if (column.present === 0) return [];
  const places = shares.map((share) => share * (column.present - 1));
  const ranks = [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))].sort((a, b) => a - b);
  const rows = await database.rows<{ r: number; x: number }>(
    sql`SELECT r, x FROM (SELECT x, row_number() OVER (ORDER BY x) - 1 AS r FROM (SELECT ${column.x} AS x FROM ${from}) WHERE x IS NOT NULL)
        WHERE r IN (SELECT unnest(${ranks})::BIGINT)`,
  );
  const at = new Map(rows.map(({ r, x }) => [r, x]));
  return places.map((place) => {
    const [low = 0, high = 0] = [at.get(Math.floor(place)), at.get(Math.ceil(place))];
    const part = place - Math.floor(place);
    return within(low * (1 - part) + high * part, column);
  });
}

const unitFor = ({ min, max }: Ordered): number => unitOf(Math.max(Math.abs(min), Math.abs(max)));
const within = (value: number, { min, max }: Ordered): number => Math.min(max, Math.max(min, value));
