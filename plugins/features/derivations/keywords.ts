import { UserError } from '@trainyard/errors';
import { wordsOf } from '@trainyard/transforms';
import { z } from 'zod';
import { requireText } from '../refusals.js';
import { derivationOf } from './contract.js';

/** Whether a text has one of the words, whatever their case. */
export const keywords = derivationOf({
  schema: z.strictObject({
    kind: z.literal('keywords'),
    name: z.string(),
    column: z.string(),
    words: z.array(z.string().min(1)).min(1),
  }),
  reads: ({ column }) => [column],
  check({ name, words }, columns) {
    columns.forEach((column) => requireText(column, 'derive'));
    const other = words.find((word) => wordsOf(word).length !== 1);
    if (other === undefined) return;
    throw new UserError(`column "${name}" looks for ${JSON.stringify(other)}, which is not one word`, {
      where: { column: name, field: 'recipe.derive' },
      expected: 'single words; runs of words are terms of `text`',
    });
  },
  step: ({ words, ...given }) => ({ ...given, words: words.flatMap(wordsOf) }),
});
