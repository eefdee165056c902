import { z } from 'zod';
import { scheduleKind } from './schedule.js';

/**
 * The rate is multiplied by `factor` when the watched loss has not fallen for `patience` looks. It follows from what was seen, which
 * a checkpoint keeps, so it holds no state of its own.
 */
export const plateau = scheduleKind({
  name: 'plateau',
  settings: z.strictObject({
    name: z.literal('plateau'),
    factor: z.number().gt(0).lt(1).default(0.5).describe('by which a fall multiplies the rate'),
    patience: z.number().int().min(1).default(5).describe('looks at the loss without a lower one after which it falls'),
    minDelta: z.number().min(0).default(1e-4).describe('by how much a loss must be lower to count'),
    floor: z.number().min(0).max(1).default(0.001).describe('share of the rate below which it does not fall'),
  }),
  factor: ({ factor, patience, minDelta, floor }, { looks }) => {
    let [now, best, waited] = [1, Infinity, 0];
    for (const { trainLoss, validation } of looks) {
      const loss = validation?.loss ?? trainLoss;
      if (loss < best - minDelta) [best, waited] = [loss, 0];
      else if (++waited >= patience) [now, waited] = [Math.max(floor, now * factor), 0];
    }
    return now;
  },
});
