import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { encoderOf } from './contract.js';
import { lookupTable, sayNumbers } from './lookup.js';

const [UNKNOWN, MISSING] = [-1, -2];

/** A value's place in an order: the one that the recipe says, or that of the text. */
export const ordinal = encoderOf({
  schema: z.strictObject({
    by: z.literal('ordinal'),
    order: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('all values, as text, the least first; by default as text sorts'),
  }),
  needsLabel: false,
  features: false,
  async encode({ order }, given) {
    const { column, kept } = given;
    const lost = order && kept.find((value) => !order.includes(value));
    if (lost !== undefined)
      throw new UserError(`column "${column}" has the value ${JSON.stringify(lost)}, which its order does not say`, {
        where: { column, field: 'recipe.categorical.encode.order' },
        expected: 'an order that names every value of the training part',
        remedy: `put ${JSON.stringify(lost)} into it, or raise minCount so that it counts as unknown`,
      });
    const keys = order ? [...new Set(order)].sort() : [...kept];
    const places = order ?? keys;
    const all = lookupTable({ ...given, kept: keys }, (value) => [places.indexOf(value)], [MISSING], [UNKNOWN]);
    return {
      step: { kind: 'lookup', column, names: [`${column} in order`], keys, all },
      how: 'ordinal',
      learnt: `${keys.length} places`,
      ifMissing: sayNumbers(all.missing),
      ifUnknown: sayNumbers(all.unknown),
    };
  },
});
