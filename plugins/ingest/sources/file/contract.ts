import { z } from 'zod';
import { sourceSpec } from '../../../../core/index.js';
import { formatOption } from '../../formats/contract.js';

/** A file, or files by a pattern, on the machine where the worker is. */
export const file = sourceSpec({
  name: 'file',
  title: 'A file, a folder, or files by a pattern, as one table',
  options: z.strictObject({
    path: z
      .string()
      .min(1)
      .describe("path, file: URL, or pattern such as data/*.csv, relative to the project's folder"),
    format: formatOption,
  }),
});
