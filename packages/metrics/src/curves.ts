import type { Probabilities } from './probability.js';

/** A point of a curve, both from 0 to 1. */
export type CurvePoint = readonly [x: number, y: number];

/** How one class is told from the rest as the threshold falls. */
export interface ClassCurves {
  /** Share of the others taken for it, share of it found: from [0, 0] to [1, 1]. */
  readonly roc: readonly CurvePoint[];
  /** Share of it found, share of what was taken for it that is it. */
  readonly precisionRecall: readonly CurvePoint[];
  /** Probability given, share that was it: bins of equal width that have rows. */
  readonly calibration: readonly CurvePoint[];
  /** Rows of the class. */
  readonly support: number;
}

/** Points of a curve at most: what is drawn has no more pixels worth looking at. */
const MOST_POINTS = 200;

/**
 * The curves of one class against the rest. Equal probabilities are one point, so no order of rows shows. Undefined when
 * the class has no rows, or all of them.
 */
export function curvesOf(
  truth: ArrayLike<number>,
  p: Probabilities,
  positive: number,
  bins = 10,
): ClassCurves | undefined {
  const score = (i: number): number => p.values[i * p.classes + positive]!;
  const order = Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => score(b) - score(a));
  const support = order.filter((i) => truth[i] === positive).length;
  const others = truth.length - support;
  if (support === 0 || others === 0) return undefined;
  const roc: CurvePoint[] = [[0, 0]];
  const precisionRecall: CurvePoint[] = [];
  let found = 0;
  order.forEach((row, at) => {
    if (truth[row] === positive) found++;
    const next = order[at + 1];
    if (next !== undefined && score(next) === score(row)) return;
    roc.push([(at + 1 - found) / others, found / support]);
    precisionRecall.push([found / support, found / (at + 1)]);
  });
  const sums = Array.from({ length: bins }, () => ({ rows: 0, given: 0, right: 0 }));
  for (const row of order) {
    const bin = sums[Math.min(bins - 1, Math.floor(score(row) * bins))]!;
    bin.rows++;
    bin.given += score(row);
    if (truth[row] === positive) bin.right++;
  }
  return {
    roc: thinned(roc),
    precisionRecall: thinned(precisionRecall),
    calibration: sums.flatMap(({ rows, given, right }): CurvePoint[] =>
      rows === 0 ? [] : [[given / rows, right / rows]],
    ),
    support,
  };
}

/** As many points as are drawn, evenly from all, the first and the last among them. */
function thinned(points: readonly CurvePoint[]): readonly CurvePoint[] {
  if (points.length <= MOST_POINTS) return points;
  return Array.from(
    { length: MOST_POINTS },
    (_, i) => points[Math.round((i * (points.length - 1)) / (MOST_POINTS - 1))]!,
  );
}
