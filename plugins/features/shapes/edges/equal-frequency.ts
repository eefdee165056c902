import { quantilesWithin } from '../../numbers.js';
import type { Edges } from './contract.js';

/** Edges at quantiles: where many values are equal, there are fewer bins. */
export const equalFrequency: Edges = {
  needsLabel: false,
  async find(most, { alone, x, limits: { min } }) {
    const shares = Array.from({ length: most - 1 }, (_, i) => (i + 1) / most);
    return [...new Set(await quantilesWithin(alone, x, shares))].filter((edge) => edge > min);
  },
};
