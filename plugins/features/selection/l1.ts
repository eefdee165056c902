import { z } from 'zod';
import { best, bounds } from './best.js';
import { selectorOf } from './contract.js';
import { gramOf, type Gram } from './gram.js';

const [ROUNDS, ENOUGH] = [1000, 1e-10];

/**
 * The lasso (R. Tibshirani, 1996) on a sample, by coordinate descent: the features that keep a weight when weights cost. Features and
 * label are standardised; of classes, each is told from all others. The score is the largest |weight|.
 */
export const l1 = selectorOf({
  schema: z.strictObject({
    by: z.literal('l1'),
    penalty: z
      .number()
      .positive()
      .default(0.01)
      .describe('what a weight of 1 costs, in half squared deviations of the label'),
    most: bounds.most,
  }),
  needsLabel: true,
  async select({ penalty, most }, features, candidates) {
    const gram = gramOf(await candidates.sample(), features);
    const targets = gram.b[0]?.length ?? 0;
    const weights = Array.from({ length: targets }, (_, t) => lasso(gram, t, penalty));
    const scored = features.map((_, i) => ({ score: Math.max(0, ...weights.map((one) => Math.abs(one[i]!))) }));
    return best(scored, { most, above: 0 });
  },
});

/** Least (1/2n) ‖y − Xw‖² + penalty ‖w‖₁. */
export function lasso({ c, b }: Gram, target: number, penalty: number): Float64Array {
  const w = new Float64Array(b.length);
  // What is left of each feature's correlation with the target.
  const left = Float64Array.from(b, (one) => one[target]!);
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0;
    for (let j = 0; j < w.length; j++) {
      const own = c[j]![j]!;
      if (own === 0) continue;
      const pull = left[j]! + own * w[j]!;
      const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - penalty)) / own;
      const by = next - w[j]!;
      if (by === 0) continue;
      w[j] = next;
      for (let k = 0; k < w.length; k++) left[k]! -= c[k]![j]! * by;
      moved = Math.max(moved, Math.abs(by));
    }
    if (moved < ENOUGH) break;
  }
  return w;
}
