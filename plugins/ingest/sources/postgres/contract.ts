import { z } from 'zod';
import { secretRef, sourceSpec } from '../../../../core/index.js';

/**
 * Rows that a query gives in a PostgreSQL database. The session may only read. Every value keeps what it is exactly, or the
 * table is refused in words: see docs/data/sources.md for what each type becomes.
 *
 *     ingest.read({ source: postgres({ url: { secret: 'warehouse' }, query: 'select * from birds', watermark: 'id' }) })
 */
export const postgres = sourceSpec({
  name: 'postgres',
  title: 'Rows of a query in a PostgreSQL database',
  options: z.strictObject({
    url: secretRef.describe('a secret that holds postgres://user:password@host/database'),
    query: z.string().min(1).describe('one SELECT, with a name of its own for each column'),
    watermark: z
      .string()
      .min(1)
      .optional()
      .describe('a column of whole numbers, dates or times that only grows: with it, only new rows can be read'),
    timeoutSeconds: z
      .number()
      .int()
      .min(1)
      .max(86_400)
      .default(3600)
      .describe('the most seconds that one statement may take'),
  }),
});
