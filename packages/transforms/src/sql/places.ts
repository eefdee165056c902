import { sql, type Sql } from '@trainyard/tables/sql';

/** How many of the ascending edges a value reaches: the place of its bin, from 0 to `edges.length`. */
export function placeAmong(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= edges[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** SQL for the same of a DOUBLE that is neither NULL nor NaN: halves, so that a thousand edges take ten comparisons. */
export function placeSql(edges: readonly number[], value: Sql, from = 0, to = edges.length): Sql {
  if (from >= to) return sql`${BigInt(from)}`;
  const middle = (from + to) >> 1;
  const below = placeSql(edges, value, from, middle);
  const above = placeSql(edges, value, middle + 1, to);
  return sql`CASE WHEN ${value} >= ${edges[middle]!} THEN ${above} ELSE ${below} END`;
}
