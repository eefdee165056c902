import { z } from 'zod';
import { sourceSpec } from '../../../../core/index.js';

/**
 * Rows that a query gives in an SQLite database file, as it was at one moment, also while others write to it.
 *
 *     ingest.read({ source: sqlite({ path: 'data/birds.db', query: 'select * from birds', watermark: 'id' }) })
 */
export const sqlite = sourceSpec({
  name: 'sqlite',
  title: 'Rows of a query in an SQLite database',
  options: z.strictObject({
    path: z.string().min(1).describe("path or file: URL of the database, relative to the project's folder"),
    query: z.string().min(1).describe('one SELECT, with a name of its own for each column'),
    watermark: z
      .string()
      .min(1)
      .optional()
      .describe(
        'a column of numbers, or of times in one text form, that only grows: with it, only new rows can be read',
      ),
  }),
});
