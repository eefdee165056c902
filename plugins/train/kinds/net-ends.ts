import { z } from 'zod';
import { softmax } from '@trainyard/numeric';

/**
 * How a net's scores become answers: probabilities of one class (softmax), of each class by itself (sigmoid), or numbers in the units
 * of the target, center + scale · score. `rising` numbers are put in order: quantiles that cross are exchanged, which never makes
 * their loss larger (Chernozhukov, Fernández-Val and Galichon 2010).
 */
export const netEnds = z.union([
  z.enum(['softmax', 'sigmoid']),
  z.object({ center: z.number(), scale: z.number().positive(), rising: z.boolean() }),
]);
export type NetEnds = z.output<typeof netEnds>;

/** Turns scores `[rows, outputs]` into answers in place. */
export function endScores(ends: NetEnds, scores: Float64Array, outputs: number): void {
  if (ends === 'sigmoid') {
    for (let i = 0; i < scores.length; i++) scores[i] = 1 / (1 + Math.exp(-scores[i]!));
    return;
  }
  for (let at = 0; at < scores.length; at += outputs) {
    if (ends === 'softmax') softmax(scores, at, at + outputs);
    else {
      const row = scores.subarray(at, at + outputs);
      for (let k = 0; k < outputs; k++) row[k] = ends.center + ends.scale * row[k]!;
      if (ends.rising) row.sort();
    }
  }
}
