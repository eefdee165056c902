import { z } from 'zod';
import { secretRef, sourceSpec } from '../../../../core/index.js';

/**
 * Entries of a Redis or Valkey stream: a row for each, with its id and a column for each field. No consumer group is used,
 * and nothing in the stream changes.
 *
 *     ingest.read({ source: redisStream({ url: { secret: 'redis' }, stream: 'clicks' }) })
 */
export const redisStream = sourceSpec({
  name: 'redis stream',
  title: 'Entries of a Redis or Valkey stream',
  options: z.strictObject({
    url: secretRef.describe('a secret that holds redis://user:password@host:port/database'),
    stream: z.string().min(1).describe('key of the stream'),
    id: z.string().min(1).default('entry').describe('name of the column that has the id of the entry'),
    gaps: z
      .enum(['refuse', 'tell'])
      .default('refuse')
      .describe('what happens where entries were trimmed or deleted before they were read'),
  }),
});
