import { z } from 'zod';
import { ENCODINGS } from '../encodings.js';

const encoding = z.enum(ENCODINGS).default('utf-8').describe('how the bytes are read as text');

/** Options of each format, by its name. */
export const FORMATS = {
  csv: z.strictObject({
    type: z.literal('csv'),
    delimiter: z.string().length(1).optional().describe('the character between cells; a tab by default in .tsv files'),
    encoding,
  }),
} as const;

/** How files are read as rows; by default as their names end. */
export const formatOption = z
  .discriminatedUnion('type', [FORMATS.csv])
  .optional()
  .describe('how the files are read; as their names end by default');

export type Format = NonNullable<z.output<typeof formatOption>>;
