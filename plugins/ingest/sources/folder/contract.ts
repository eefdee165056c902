import { z } from 'zod';
import { sourceSpec } from '../../../../core/index.js';
import { ENCODINGS } from '../../encodings.js';

const shared = {
  path: z.string().min(1).describe("the folder, relative to the project's folder; folders in it are read too"),
  labels: z
    .enum(['folder', 'none'])
    .default('folder')
    .describe('where labels come from: the first folder that a file is in, or nowhere'),
};

/** A folder of images, one row for each. */
export const images = sourceSpec({
  name: 'images',
  title: 'A folder of images, with labels by folder',
  options: z.strictObject({
    ...shared,
    endings: z
      .array(z.string().startsWith('.'))
      .min(1)
      .default(['.png', '.jpg', '.jpeg', '.gif', '.webp', '.bmp'])
      .describe('what names end with; other files are counted and left out'),
  }),
});

/** A folder of texts, one row for each. */
export const texts = sourceSpec({
  name: 'texts',
  title: 'A folder of texts, with labels by folder',
  options: z.strictObject({
    ...shared,
    endings: z
      .array(z.string().startsWith('.'))
      .min(1)
      .default(['.txt', '.md'])
      .describe('what names end with; other files are counted and left out'),
    encoding: z.enum(ENCODINGS).default('utf-8').describe('how the bytes are read as text'),
  }),
});
