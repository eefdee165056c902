import jpeg from 'jpeg-js';
import { brightness, MOST_PIXELS, type Picture } from './gray.js';
import { readPng } from './png.js';

/** Reads a PNG or JPEG; what is transparent counts with the colour that it has. Throws an Error that says what else it is. */
export function readPicture(bytes: Uint8Array): Picture {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return readPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  throw new Error('neither a PNG nor a JPEG');
}

function readJpeg(bytes: Uint8Array): Picture {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 1024,
  });
  const gray = new Uint8Array(width * height);
  for (let i = 0; i < gray.length; i++) gray[i] = brightness(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!);
  return { width, height, gray };
}
