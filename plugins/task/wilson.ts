import type { CONFIDENCES } from './card.js';

/** Quantiles of the standard normal distribution that leave the confidence between them. */
const Z: Readonly<Record<(typeof CONFIDENCES)[number], number>> = {
  '0.9': 1.6448536269514722,
  '0.95': 1.959963984540054,
  '0.99': 2.5758293035489004,
};

/**
 * Wilson's score interval of a share of successes among `n` independent trials (E. B. Wilson 1927, without correction
 * for continuity), from 0 to 1; all of it when there are no trials.
 */
export function wilson(share: number, n: number, confidence: (typeof CONFIDENCES)[number] = '0.95'): [number, number] {
  if (!(n > 0)) return [0, 1];
  const z = Z[confidence];
  const over = 1 + z ** 2 / n;
  const center = (share + z ** 2 / (2 * n)) / over;
  const half = (z / over) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return [Math.max(0, center - half), Math.min(1, center + half)];
}
