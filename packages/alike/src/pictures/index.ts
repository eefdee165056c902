import type { SqlFunction } from '@trainyard/tables/sql';
import { perceptualHash } from './hash.js';
import { readPicture } from './picture.js';

export { perceptualHash } from './hash.js';
export type { Picture } from './gray.js';
export { readPicture } from './picture.js';

/** For SQL: the perceptual hash of an image in base 64, in decimal digits; NULL for what is none that can be read. */
export const pictureHash: SqlFunction = {
  name: 'trainyard_picture_hash',
  takes: ['text'],
  gives: 'text',
  run: (image: string | null) => {
    if (image === null) return null;
    try {
      return String(perceptualHash(readPicture(Buffer.from(image, 'base64'))));
    } catch {
      return null;
    }
  },
};
