import type { Edges } from './contract.js';

/** All bins are as wide as each other, from the least to the greatest value of training. */
export const equalWidth: Edges = {
  needsLabel: false,
  async find(most, { limits: { min, max } }) {
    const width = max / most - min / most;
    const edges = Array.from({ length: most - 1 }, (_, i) => min + width * (i + 1));
    return [...new Set(edges)].filter((edge) => edge > min && edge < max).sort((a, b) => a - b);
  },
};
