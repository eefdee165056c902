import { nextUp } from '@trainyard/numeric';
import { sql, type Sql } from '@trainyard/tables';

/** SQL for what `leaf` gives for the part that a value lies in: part i is from edge i - 1 on, up to edge i. NULL for NULL. */
export function stepOf(x: Sql, edges: readonly number[], leaf: (part: number) => Sql): Sql {
  const tree = (from: number, to: number): Sql => {
    if (from === to) return leaf(from);
    const middle = (from + to) >> 1;
    return sql`CASE WHEN ${x} < ${edges[middle]!} THEN ${tree(from, middle)} ELSE ${tree(middle + 1, to)} END`;
  };
  return sql`(CASE WHEN ${x} IS NOT NULL THEN ${tree(0, edges.length)} END)`;
}

/** The edges of parts of about as many values each; what many values are equal to has a part of its own. */
export function edgesOf(quantiles: readonly number[], min: number): number[] {
  const edges = new Set<number>();
  for (const [i, value] of quantiles.entries()) {
    if (value > min) edges.add(value);
    if (value === quantiles[i + 1] || value === min) edges.add(nextUp(value));
  }
  return [...edges].sort((a, b) => a - b);
}
