import { sql } from '@trainyard/tables';
import { figuresOf, histogramsOf, type Relation } from '../../measure/index.js';
import type { Both, ComparedColumn } from '../comparison.js';
import type { Pair } from './pair.js';
import { inOrder, type InOrder } from './ordered.js';

type Ranges = Pick<ComparedColumn, 'bins' | 'beyond'>;

/** Both sides in the same bins, and what of the table lies beyond the reference. */
export async function rangesOf([reference, table]: Both<Relation>, pairs: readonly Pair[]): Promise<Ranges[]> {
  const ordered = pairs.flatMap((pair) => {
    const sides = inOrder(pair);
    return sides ? [{ pair, sides, limits: limitsOf(sides) }] : [];
  });
  const before = await histogramsOf(
    reference,
    ordered.map(({ sides: [{ x }], limits }) => ({ x, ...limits })),
  );
  const after = await histogramsOf(
    table,
    ordered.map(({ sides: [, { x }], limits }) => ({ x, ...limits })),
  );
  const judged = ordered.filter(({ sides: [{ min }] }) => min !== null);
  const beyond = await figuresOf(table, judged, ({ sides: [{ min, max }, { x }] }) => ({
    below: sql`count(*) FILTER (${x} < ${min ?? 0})`,
    above: sql`count(*) FILTER (${x} > ${max ?? 0})`,
  }));
  return pairs.map((pair): Ranges => {
    const i = ordered.findIndex((one) => one.pair === pair);
    const [a, b] = [before[i], after[i]];
    const outside = beyond[judged.findIndex((one) => one.pair === pair)];
    return {
      bins: a && b ? { from: a.from, width: a.width, counts: [a.counts, b.counts] } : null,
      beyond: outside ? { below: Number(outside.below), above: Number(outside.above) } : null,
    };
  });
}

function limitsOf(sides: Both<InOrder>): { min: number | null; max: number | null } {
  const some = sides.flatMap(({ min, max }) => (min === null || max === null ? [] : [{ min, max }]));
  if (some.length === 0) return { min: null, max: null };
  return { min: Math.min(...some.map(({ min }) => min)), max: Math.max(...some.map(({ max }) => max)) };
}
