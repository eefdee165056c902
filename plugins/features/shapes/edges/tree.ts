import { sql } from '@trainyard/tables/sql';
import { placeSql } from '@trainyard/transforms';
import { addSums, lessSums, NO_SUMS, type Sums } from '../../label.js';
import { groupedSums } from '../../grouped-sums.js';
import { cutsOf } from '../../numbers.js';
import type { Edges } from './contract.js';

/** Places where the tree may cut. */
const CUTS = 255;

/**
 * The leaves of a regression or classification tree on this column alone, grown best first (L. Breiman et al., "Classification and
 * Regression Trees", 1984): each cut is the one that leaves the least variance of the label, or of its classes, which is
 * Gini's impurity. It may cut between all values where there are few, else at 255 quantiles.
 */
export const tree: Edges = {
  needsLabel: true,
  async find(most, column) {
    const { lesson, alone, x } = column;
    const targets = lesson.label!.targets;
    const cuts = await cutsOf(alone, x, CUTS + 1, CUTS + 1);
    const groups = await groupedSums(
      lesson,
      [sql`(CASE WHEN ${x} IS NOT NULL THEN ${placeSql(cuts, x)} END)`],
      targets,
    );
    const empty = targets.map(() => NO_SUMS);
    // What lies below each cut, all targets.
    const bins = Array.from({ length: cuts.length + 1 }, () => empty as readonly Sums[]);
    for (const { by, sums } of groups) if (typeof by[0] === 'number') bins[by[0]] = sums;
    const below: (readonly Sums[])[] = [empty];
    for (const bin of bins) below.push(bin.map((one, t) => addSums(below.at(-1)![t]!, one)));
    return grow(below, most).map((cut) => cuts[cut - 1]!);
  },
};

interface Leaf {
  readonly from: number;
  readonly to: number;
  readonly cut: number;
  readonly gain: number;
}

/** Places of the cuts, ascending; `below[i]` is what lies below place i. */
function grow(below: readonly (readonly Sums[])[], most: number): number[] {
  const leaf = (from: number, to: number): Leaf => {
    const whole = impurity(below[from]!, below[to]!);
    let best: Leaf = { from, to, cut: 0, gain: 0 };
    for (let cut = from + 1; cut < to; cut++) {
      if (below[cut]![0]!.n === below[from]![0]!.n || below[cut]![0]!.n === below[to]![0]!.n) continue;
      const gain = whole - impurity(below[from]!, below[cut]!) - impurity(below[cut]!, below[to]!);
      if (gain > best.gain + whole * 1e-12) best = { from, to, cut, gain };
    }
    return best;
  };
  const leaves = [leaf(0, below.length - 1)];
  while (leaves.length < most) {
    const next = leaves.reduce((best, one) => (one.gain > best.gain ? one : best));
    if (next.cut === 0) break;
    leaves.splice(leaves.indexOf(next), 1, leaf(next.from, next.cut), leaf(next.cut, next.to));
  }
  return leaves.slice(1).map(({ from }) => from);
}

/** Sum of squares about the mean, of all targets. */
function impurity(from: readonly Sums[], to: readonly Sums[]): number {
  return to.reduce((total, one, t) => {
    const { n, s, q } = lessSums(one, from[t]!);
    return total + (n === 0 ? 0 : q - (s * s) / n);
  }, 0);
}
