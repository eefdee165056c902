import { z } from 'zod';
import { shapeOf } from './contract.js';
import { raised } from './powers.js';
import { sayNumber } from './scaling.js';

/** Natural logarithms. */
export const log = shapeOf({
  schema: z.strictObject({
    by: z.literal('log'),
    add: z
      .union([z.literal('auto'), z.number()])
      .default('auto')
      .describe('added first; auto: nothing where all values of training are above 0, else what brings the least to 1'),
  }),
  fit({ add }, column) {
    const { min, max } = column.limits;
    const offset = add === 'auto' ? (min > 0 ? 0 : 1 - min) : add;
    // What training did not have goes no lower than its least value.
    const least = min + offset;
    const floor = least > 0 && Number.isFinite(least) ? least : max + offset > 0 ? Math.min(1, max + offset) : 1;
    const said = offset === 0 ? 'logarithm' : `logarithm of the value and ${sayNumber(offset)}`;
    return raised({ method: 'log', lambda: 0, offset, floor }, said, column);
  },
});
