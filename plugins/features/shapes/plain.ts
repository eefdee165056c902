import { z } from 'zod';
import { shapeOf } from './contract.js';
import { sayNumber, sayScaling, scalingOf } from './scaling.js';

/** As they are: centred and scaled. */
export const plain = shapeOf({
  schema: z.strictObject({ by: z.literal('none') }),
  async fit(_, { alone, spec: { column, scale, clip, indicator }, x, fill }) {
    const scaling = await scalingOf(alone, scale, x, fill);
    return {
      step: { kind: 'numeric', column, fill: fill + 0, ...scaling, clip, indicator },
      how: scale === 'none' ? 'as it is' : scale,
      learnt: `${sayScaling(scaling)}; ${sayNumber(fill)} where missing`,
    };
  },
});
