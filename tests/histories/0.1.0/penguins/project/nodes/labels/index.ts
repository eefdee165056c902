// What the release had in its own family labels for demonstrations: their contracts as they were, names included.
import { json, node, table } from 'trainyard';
import { z } from 'zod';

export { reviewed } from 'trainyard/plugins/labels';

export const corrupt = node({
  name: 'labels.corrupt',
  version: '1',
  seeded: true,
  params: z.object({ label: z.string(), share: z.number().min(0).max(1) }),
  inputs: { table },
  outputs: {
    table,
    flipped: json(
      z.object({
        label: z.string(),
        share: z.number(),
        flipped: z.array(z.object({ row: z.string(), from: z.string(), to: z.string() })),
      }),
    ),
  },
});

export const mended = node({
  name: 'labels.mended',
  version: '1',
  params: z.object({}),
  inputs: {
    table,
    flipped: json(z.object({ label: z.string(), flipped: z.array(z.unknown()) })),
    queue: json(z.object({ items: z.int() })),
  },
  outputs: json(
    z.object({ flipped: z.int(), shown: z.int(), mended: z.int(), shownShare: z.number(), mendedShare: z.number() }),
  ),
});
