import { id, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
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
  check: () => undefined,
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
