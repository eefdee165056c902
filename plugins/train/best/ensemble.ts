import type { Metric } from './metrics.js';
import { lossOf } from './metrics.js';

/** A candidate, as it is weighed: what it answers to the rows of all folds. */
export interface Weighed {
  readonly view: Float32Array;
}

/** Members drawn at most and at least, and draws without a lower loss after which it ends. */
const [DRAWS, FEWEST, PATIENCE] = [60, 10, 12];
/** Answers that are mixed in all: some seconds. */
const WORK = 1e9;

/**
 * Chooses an ensemble greedily, with replacement: at each draw the candidate whose answers, mixed into those chosen so far, give the lowest
 * loss (R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes, "Ensemble selection from libraries of models", 2004). Gives how often each was
 * drawn, up to the draw of the lowest loss; never worse, on these rows, than the best candidate alone. Of equals the first is taken.
 */
export function chooseEnsemble(
  candidates: readonly Weighed[],
  labels: Float64Array,
  metric: Metric,
): { readonly counts: readonly number[]; readonly score: number } {
  const length = candidates[0]!.view.length;
  const sums = new Float64Array(length);
  const mixed = new Float64Array(length);
  const counts = candidates.map(() => 0);
  let best = { counts: [...counts], loss: Infinity };
  let since = 0;
  const draws = Math.max(FEWEST, Math.min(DRAWS, Math.floor(WORK / (length * candidates.length))));
  for (let draw = 1; draw <= draws && since < PATIENCE; draw++) {
    let [chosen, lowest] = [-1, Infinity];
    for (const [at, { view }] of candidates.entries()) {
      for (let i = 0; i < length; i++) mixed[i] = (sums[i]! + view[i]!) / draw;
      const loss = lossOf(metric, metric.of(mixed, labels));
      if (loss < lowest) [chosen, lowest] = [at, loss];
    }
    if (chosen < 0) break;
    const { view } = candidates[chosen]!;
    for (let i = 0; i < length; i++) sums[i]! += view[i]!;
    counts[chosen]!++;
    if (lowest < best.loss) {
      best = { counts: [...counts], loss: lowest };
      since = 0;
    } else since++;
  }
  return { counts: best.counts, score: lossOf(metric, best.loss) };
}
