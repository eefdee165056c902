import { node, table } from 'trainyard';
import { z } from 'zod';

/** A node of one's own, for what no built-in one does: pictures of one size become a column for each pixel. */
export const pixels = node({
  name: 'pixels.gray',
  version: '1',
  title: 'Brightness of the pixels of gray PNG images, in a column each',
  params: z.object({
    width: z.int().min(1).max(64).describe('of all images, in pixels'),
    height: z.int().min(1).max(64).describe('of all images, in pixels'),
  }),
  inputs: { table },
  outputs: table,
});
