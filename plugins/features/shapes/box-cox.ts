import { UserError } from '@trainyard/errors';
import { z } from 'zod';
import { shapeOf } from './contract.js';
import { mostLikely } from './most-likely.js';
import { raised } from './powers.js';
import { sayNumber } from './scaling.js';

/** The power that makes positive numbers most like normal ones (G. E. P. Box and D. R. Cox, 1964). */
export const boxCox = shapeOf({
  schema: z.strictObject({ by: z.literal('box-cox') }),
  async fit(_, column) {
    const { min } = column.limits;
    if (min <= 0)
      throw new UserError(`column "${column.spec.column}" has values that Box-Cox takes no power of`, {
        where: { column: column.spec.column, field: 'recipe.numeric' },
        expected: 'values above 0',
        actual: String(min),
        remedy: 'shape: "yeo-johnson", which takes all numbers',
      });
    const lambda = await mostLikely('box-cox', column);
    // Below what training had the power would run away.
    return raised({ method: 'box-cox', lambda, offset: 0, floor: min }, `λ = ${sayNumber(lambda)}`, column);
  },
});
