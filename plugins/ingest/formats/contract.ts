import { z } from 'zod';
import { ENCODINGS } from '../encodings.js';

/** Options of each format, by its name. */
export const FORMATS = {
  csv: z.strictObject({
    type: z.literal('csv'),
    delimiter: z
      .string()
      .length(1)
      .optional()
      .describe('the character between cells; by default a tab in .tsv files, else as the first lines say'),
    quote: z
      .string()
      .max(1)
      .optional()
      .describe('the character around cells, empty for none; as the first lines say by default'),
    encoding: z.enum(ENCODINGS).optional().describe('how the bytes are read as text; as they say by default'),
  }),
} as const;

/** How files are read as rows; by default as their names end. */
export const formatOption = z
  .discriminatedUnion('type', [FORMATS.csv])
  .optional()
  .describe('how the files are read; as their names end by default');

export type Format = NonNullable<z.output<typeof formatOption>>;
