import { nextUp } from '@trainyard/numeric';
import { inner, join, sql, type Database, type Sql } from '@trainyard/tables';

/** SQL for what `leaf` gives for the part that a value lies in: part i is from edge i - 1 on, up to edge i. NULL for NULL. */
export function stepOf(x: Sql, edges: readonly number[], leaf: (part: number) => Sql): Sql {
  const tree = (from: number, to: number): Sql => {
    if (from === to) return leaf(from);
    const middle = (from + to) >> 1;
    return sql`CASE WHEN ${x} < ${edges[middle]!} THEN ${tree(from, middle)} ELSE ${tree(middle + 1, to)} END`;
  };
  return sql`(CASE WHEN ${x} IS NOT NULL THEN ${tree(0, edges.length)} END)`;
}

/** A column of doubles that is told by the part that a value lies in. */
export interface Stepped {
  readonly x: Sql;
  readonly edges: readonly number[];
  /** What each part gives: one more than there are edges. */
  readonly leaves: readonly number[];
  readonly as: Sql;
}

const [STEPS, PART] = [inner('steps'), (i: number) => inner(`part ${i}`)];
const [EDGES, LEAVES] = [(i: number) => inner(`edges ${i}`), (i: number) => inner(`leaves ${i}`)];

/**
 * A query for what `stepOf` gives of several columns of finite doubles or NULL, where parts are many: found by halving, one query
 * around the other, since the database computes each branch of nested conditions by itself, for the few values that come to it.
 */
export async function stepsOver(database: Database, from: Sql, columns: readonly Stepped[]): Promise<Sql> {
  const levels = columns.map(({ edges }) => Math.ceil(Math.log2(edges.length + 1)));
  const known = columns.flatMap(({ edges, leaves }, i) => {
    const none = Array.from({ length: 2 ** levels[i]! - 1 - edges.length }, () => Infinity);
    return [sql`${[...edges, ...none]}::DOUBLE[] AS ${EDGES(i)}`, sql`${leaves}::DOUBLE[] AS ${LEAVES(i)}`];
  });
  await database.run(sql`CREATE OR REPLACE TABLE ${STEPS} AS SELECT ${join(known)}`);
  const kept = join(columns.flatMap(({ as }, i) => [as, EDGES(i), LEAVES(i)]));
  const start = columns.map(({ x, as }, i) => sql`${x} AS ${as}, 0::INTEGER AS ${PART(i)}`);
  let query = sql`SELECT ${join(start)}, ${STEPS}.* FROM ${from}, ${STEPS}`;
  for (let level = Math.max(0, ...levels) - 1; level >= 0; level--) {
    const half = BigInt(2 ** level);
    const parts = columns.map(({ as }, i) => {
      if (level >= levels[i]!) return PART(i);
      const reaches = sql`${as} >= list_extract(${EDGES(i)}, ${PART(i)} + ${half})`;
      return sql`(${PART(i)} + CASE WHEN ${reaches} THEN ${half} ELSE 0 END)::INTEGER AS ${PART(i)}`;
    });
    query = sql`SELECT ${kept}, ${join(parts)} FROM (${query})`;
  }
  const leaves = columns.map(
    ({ as }, i) => sql`CASE WHEN ${as} IS NOT NULL THEN list_extract(${LEAVES(i)}, ${PART(i)} + 1) END AS ${as}`,
  );
  return sql`SELECT ${join(leaves)} FROM (${query})`;
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
