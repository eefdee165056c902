import { json, node, table } from 'trainyard';
import { z } from 'zod';

const flips = z.object({
  label: z.string(),
  share: z.number(),
  /** A row by its identity, the label that it had, and the wrong one that it has now. */
  flipped: z.array(z.object({ row: z.string(), from: z.string(), to: z.string() })),
});

/** Makes labels wrong on purpose, so that a review has something to find. Rows and columns stay in order. */
export const corrupt = node({
  name: 'flaws.corrupt',
  version: '1',
  title: 'Gives a stated share of rows a wrong label, and says which',
  seeded: true,
  params: z.object({
    label: z.string().describe('column with the class label'),
    share: z.number().min(0).max(1).describe('of the labelled rows that get a wrong one'),
  }),
  inputs: { table },
  outputs: { table, flipped: json(flips) },
});

/** Compares a reviewed table with what flaws.corrupt made wrong in it. */
export const mended = node({
  name: 'flaws.mended',
  version: '1',
  title: 'How many labels that flaws.corrupt made wrong are right again',
  params: z.object({}),
  inputs: { table, flipped: json(flips), queue: json(z.object({ items: z.int() })) },
  outputs: json(
    z.object({
      flipped: z.int(),
      /** Wrong labels that people were asked about, and those that are right now. */
      shown: z.int(),
      mended: z.int(),
      /** Shares of the wrong labels, 0 to 1; 1 where none was wrong. */
      shownShare: z.number(),
      mendedShare: z.number(),
    }),
  ),
});
