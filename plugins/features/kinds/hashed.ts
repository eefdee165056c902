import { UserError } from '@trainyard/errors';
import { id, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { requireText } from '../refusals.js';
import { featureKind } from './contract.js';

const schema = z.strictObject({
  column: z.string(),
  of: z.enum(['value', 'words']).default('value').describe('what is hashed: the whole value, or each word of a text'),
  buckets: z.int().min(2).max(4096).default(32).describe('features; what meets in one is told apart no more'),
  signed: z.boolean().default(true).describe('half of what is hashed counts -1, so that what meets cancels on average'),
});

/** Categories and words in a fixed number of features, without a list of values: nothing is unknown. */
export const hashed = featureKind({
  list: 'hashed',
  schema,
  sole: false,
  check({ of }, column) {
    if (of === 'words') requireText(column, 'hashed');
    if (column.type !== 'number') return;
    throw new UserError(`column "${column.name}" holds fractions, which are no categories to hash`, {
      where: { column: column.name, field: 'recipe.hashed' },
      expected: 'a column of text, integers, booleans or dates',
      actual: column.type,
      remedy: 'make it numeric, with bins where ranges matter',
    });
  },
  async fit({ column, ...given }, _, lesson) {
    const present = await lesson.number(sql`count(${id(column)})`);
    return {
      steps: [{ kind: 'hashed', column, ...given }],
      how: `hashed ${given.of === 'value' ? 'values' : 'words'}`,
      learnt: 'nothing',
      missing: lesson.rows - present,
      ifMissing: 'all 0',
      ifUnknown: 'falls into a bucket like any other',
    };
  },
});
