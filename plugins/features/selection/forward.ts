import { z } from 'zod';
import { selectorOf } from './contract.js';
import { gramOf, LEAST, squared } from './gram.js';

/**
 * The feature that explains most of the label beside those taken before it, again and again: least squares on a sample. The score is
 * how much of the label's variance it explained when it was taken (of classes, summed over them), or what it would explain at the end.
 */
export const forward = selectorOf({
  schema: z.strictObject({
    by: z.literal('forward'),
    most: z.int().min(1).describe('features that are taken'),
    gain: z.number().min(0).default(0).describe('it ends when no feature explains more than this'),
  }),
  needsLabel: true,
  async select({ most, gain }, features, candidates) {
    const { c, b } = gramOf(await candidates.sample(), features);
    const taken = new Map<number, number>();
    const gainOf = (i: number): number => (c[i]![i]! > LEAST ? squared(b[i]!) / c[i]![i]! : 0);
    while (taken.size < most) {
      let next = -1;
      for (let i = 0; i < features.length; i++)
        if (!taken.has(i) && gainOf(i) > Math.max(gain, LEAST) && (next < 0 || gainOf(i) > gainOf(next))) next = i;
      if (next < 0) break;
      taken.set(next, gainOf(next));
      // What the feature explains is taken off all others.
      const [row, explained, own] = [Float64Array.from(c[next]!), Float64Array.from(b[next]!), c[next]![next]!];
      for (let i = 0; i < features.length; i++) {
        const share = row[i]! / own;
        for (let j = 0; j < features.length; j++) c[i]![j]! -= share * row[j]!;
        for (let t = 0; t < explained.length; t++) b[i]![t]! -= share * explained[t]!;
      }
    }
    return features.map((_, i) => ({ score: taken.get(i) ?? gainOf(i), kept: taken.has(i) }));
  },
});
