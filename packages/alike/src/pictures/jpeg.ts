import jpeg from 'jpeg-js';
import { brightness, MOST_PIXELS, requireSize, type Picture } from './gray.js';

/** A block of 8 by 8 pixels takes at least one bit, in the scan of its mean: a byte tells of this many pixels at most. */
const PIXELS_OF_BYTE = 512;
/** Each scan goes over the whole picture; encoders write about ten. */
const MOST_SCANS = 100;
/** What decoding may take: of a picture of 16 million pixels its frequencies take 192, its samples and colours 96. */
const MOST_MB = 320;

/** Reads a JPEG. Throws an Error where it is damaged, too large, or too short for its size. */
export function readJpeg(bytes: Uint8Array): Picture {
  requireHonest(bytes);
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: MOST_MB,
  });
  const gray = new Uint8Array(width * height);
  for (let i = 0; i < gray.length; i++) gray[i] = brightness(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!);
  return { width, height, gray };
}

/** Looks at what the file claims, before memory is taken for it. */
function requireHonest(bytes: Uint8Array): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [frames, scans] = [0, 0];
  for (let at = 2; at + 4 <= file.length;) {
    const marker = file[at + 1]!;
    // Between segments stand bytes of a scan, in which FF is followed by 0 or by the number of a restart, or fill bytes.
    if (file[at] !== 0xff || marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) {
      at++;
      continue;
    }
    if (marker === 0xd9) break;
    if (isFrame(marker) && at + 10 <= file.length) {
      frames++;
      const [height, width, samples] = [file.readUInt16BE(at + 5), file.readUInt16BE(at + 7), file[at + 9]!];
      requireSize('JPEG', width, height, 8 * samples);
      if (width * height > file.length * PIXELS_OF_BYTE)
        throw new Error(`a JPEG of ${file.length} bytes, too few for the ${width} by ${height} pixels that it claims`);
    }
    if (marker === 0xda) scans++;
    at += 2 + file.readUInt16BE(at + 2);
  }
  if (frames > 1) throw new Error('a JPEG of several pictures');
  if (scans > MOST_SCANS) throw new Error(`a JPEG of ${scans} scans, and at most ${MOST_SCANS} are read`);
}

/** SOF0 to SOF15; between them are tables (DHT), and two others (JPG, DAC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
