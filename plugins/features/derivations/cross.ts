import { UserError } from '@trainyard/errors';
import { z } from 'zod';
import { derivationOf } from './contract.js';

/** Values of several columns as one category: an interaction. */
export const cross = derivationOf({
  schema: z.strictObject({ kind: z.literal('cross'), name: z.string(), columns: z.array(z.string()).min(2) }),
  reads: ({ columns }) => columns,
  check({ name }, columns) {
    const fractions = columns.find(({ type }) => type === 'number');
    if (!fractions) return;
    throw new UserError(`column "${name}" would cross fractions: "${fractions.name}" holds numbers`, {
      where: { column: fractions.name, field: 'recipe.derive' },
      expected: 'columns of text, booleans, integers or dates',
      actual: fractions.type,
      remedy: 'cross categories; of numbers take a product (arithmetic)',
    });
  },
  step: (given) => given,
});
