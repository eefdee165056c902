import type { SealedOpening } from '../../worker/index.js';

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/**
 * How often a sealed test set has been opened by now, and by which nodes before. It names neither runs nor times, so that equal
 * computations give equal reports; the run page has them.
 */
export function sayOpenings(before: readonly Pick<SealedOpening, 'node'>[]): string {
  if (before.length === 0) return 'It is opened for the first time: nothing before this has seen its rows.';
  const nth = ORDINALS[before.length] ?? `${before.length + 1}th`;
  const counts = new Map<string, number>();
  for (const { node } of before) counts.set(node, (counts.get(node) ?? 0) + 1);
  const nodes = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, times]) => (times === 1 ? node : `${node} (${times} times)`));
  return (
    `It is opened for the ${nth} time; before this by ${nodes.join(', ')}. What was chosen since by its figures makes them look better ` +
    'than new rows will: trust fresh rows first.'
  );
}
