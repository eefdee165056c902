import type { Picture } from './gray.js';
import { readJpeg } from './jpeg.js';
import { readPng } from './png.js';

/** Reads a PNG or JPEG; what is transparent is laid over white. Throws an Error that says what else it is, or what is wrong with it. */
export function readPicture(bytes: Uint8Array): Picture {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return readPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  throw new Error('neither a PNG nor a JPEG');
}
