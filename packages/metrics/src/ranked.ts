import type { Probabilities } from './probability.js';

/** Rows by falling probability of one class; rows of equal probability are one group, so no order of rows shows. */
export interface RankedRows {
  readonly order: Int32Array;
  /** Where each group begins in `order`; the last entry is the number of rows. */
  readonly groups: Int32Array;
}

/** Orders the rows by the probability of one class. */
export function rankRows(p: Probabilities, positive: number): RankedRows {
  const rows = p.values.length / p.classes;
  const score = (row: number): number => p.values[row * p.classes + positive]!;
  const order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => score(b) - score(a));
  const groups: number[] = [];
  for (let i = 0; i < rows; i++) if (i === 0 || score(order[i]!) !== score(order[i - 1]!)) groups.push(i);
  return { order, groups: Int32Array.from([...groups, rows]) };
}

/** A group of rows of equal probability: how many come before it, how many it has, and how many of each are of the class. */
interface Group {
  readonly before: number;
  readonly rows: number;
  readonly foundBefore: number;
  readonly found: number;
}

/** Walks the groups by falling probability. `times` says how often each row counts. Gives the rows, and those of the class. */
function walk(
  { order, groups }: RankedRows,
  truth: ArrayLike<number>,
  positive: number,
  times: ArrayLike<number>,
  visit: (group: Group) => void,
): { readonly rows: number; readonly positives: number } {
  let [before, foundBefore] = [0, 0];
  for (let g = 0; g + 1 < groups.length; g++) {
    let [rows, found] = [0, 0];
    for (let i = groups[g]!; i < groups[g + 1]!; i++) {
      const row = order[i]!;
      rows += times[row]!;
      if (truth[row] === positive) found += times[row]!;
    }
    if (rows === 0) continue;
    visit({ before, rows, foundBefore, found });
    before += rows;
    foundBefore += found;
  }
  return { rows: before, positives: foundBefore };
}

/** Area under the ROC curve of one class against the rest (Mann and Whitney, ties shared). Undefined without rows of either. */
export function rankedRocAuc(
  ranked: RankedRows,
  truth: ArrayLike<number>,
  positive: number,
  times: ArrayLike<number>,
): number | undefined {
  let fromTop = 0;
  const { rows, positives } = walk(ranked, truth, positive, times, (group) => {
    fromTop += group.found * (group.before + (group.rows + 1) / 2);
  });
  const negatives = rows - positives;
  if (positives === 0 || negatives === 0) return undefined;
  const rankSum = positives * (rows + 1) - fromTop;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Average precision: the area under the steps of the precision-recall curve, Σ (recallₙ − recallₙ₋₁) · precisionₙ over the
 * thresholds, as in scikit-learn. Undefined where the class has no rows.
 */
export function rankedAveragePrecision(
  ranked: RankedRows,
  truth: ArrayLike<number>,
  positive: number,
  times: ArrayLike<number>,
): number | undefined {
  let total = 0;
  const { positives } = walk(ranked, truth, positive, times, ({ before, rows, foundBefore, found }) => {
    total += found * ((foundBefore + found) / (before + rows));
  });
  return positives === 0 ? undefined : total / positives;
}

/**
 * Lift: how many times as frequent the class is among the `share` of the rows that are most probably of it as among all. Of rows
 * of equal probability at the edge each counts in part. Undefined where the class has no rows.
 */
export function rankedLift(
  ranked: RankedRows,
  truth: ArrayLike<number>,
  positive: number,
  times: ArrayLike<number>,
  share: number,
): number | undefined {
  const groups: Group[] = [];
  const { rows, positives } = walk(ranked, truth, positive, times, (group) => groups.push(group));
  if (positives === 0) return undefined;
  const taken = Math.max(1, Math.round(rows * share));
  let found = 0;
  for (const group of groups) {
    const inside = Math.min(group.rows, taken - group.before);
    if (inside <= 0) break;
    found += (group.found * inside) / group.rows;
  }
  return found / taken / (positives / rows);
}
