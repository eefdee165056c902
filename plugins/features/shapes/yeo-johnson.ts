import { z } from 'zod';
import { shapeOf } from './contract.js';
import { mostLikely } from './most-likely.js';
import { raised } from './powers.js';
import { sayNumber } from './scaling.js';

/** The same for numbers of both signs (I.-K. Yeo and R. A. Johnson, 2000). */
export const yeoJohnson = shapeOf({
  schema: z.strictObject({ by: z.literal('yeo-johnson') }),
  async fit(_, column) {
    const lambda = await mostLikely('yeo-johnson', column);
    return raised({ method: 'yeo-johnson', lambda, offset: 0, floor: 1 }, `λ = ${sayNumber(lambda)}`, column);
  },
});
