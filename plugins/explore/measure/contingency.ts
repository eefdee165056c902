import { sql } from '@trainyard/tables';
import type { Coded } from './codes.js';
import { countBy, type Relation } from './relation.js';

/** Rows by the numbers of two columns, over rows that have both: what is not there is 0. In order of the numbers. */
export interface Contingency {
  readonly rows: number;
  readonly cells: readonly { readonly a: number; readonly b: number; readonly rows: number }[];
  readonly ofA: ReadonlyMap<number, number>;
  readonly ofB: ReadonlyMap<number, number>;
}

const BYTE = 256;

export async function contingenciesOf(
  coded: Relation,
  pairs: readonly (readonly [Coded, Coded])[],
): Promise<Contingency[]> {
  const counted = await countBy(
    coded,
    pairs,
    ([a, b]) => sql`(${a.kept}::INTEGER * ${BigInt(BYTE)} + ${b.kept})::DOUBLE`,
  );
  return counted.map((values) => {
    const cells = values
      .map(({ value, rows }) => ({ a: Math.floor(Number(value) / BYTE), b: Number(value) % BYTE, rows }))
      .sort((x, y) => x.a - y.a || x.b - y.b);
    const [ofA, ofB] = [new Map<number, number>(), new Map<number, number>()];
    for (const { a, b, rows } of cells) {
      ofA.set(a, (ofA.get(a) ?? 0) + rows);
      ofB.set(b, (ofB.get(b) ?? 0) + rows);
    }
    return { rows: cells.reduce((sum, { rows }) => sum + rows, 0), cells, ofA, ofB };
  });
}

/** Cramér's V: chi² = n (sum of n_ij² / (n_i n_j) - 1), where cells that are empty add nothing. 0 where one side has one value. */
export function cramersV({ rows, cells, ofA, ofB }: Contingency): number {
  const least = Math.min(ofA.size, ofB.size) - 1;
  if (rows === 0 || least < 1) return 0;
  const sum = cells.reduce((total, cell) => total + cell.rows ** 2 / (ofA.get(cell.a)! * ofB.get(cell.b)!), 0);
  return Math.min(1, Math.sqrt(Math.max(0, sum - 1) / least));
}

/** Mutual information in nats: the sum of p_ij ln(p_ij / (p_i p_j)). */
export function mutualInformation({ rows, cells, ofA, ofB }: Contingency): number {
  const sum = cells.reduce(
    (total, { a, b, rows: n }) => total + (n / rows) * Math.log((n * rows) / (ofA.get(a)! * ofB.get(b)!)),
    0,
  );
  return rows === 0 ? 0 : Math.max(0, sum);
}
