import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { perceptualHash, readPicture } from './index.js';
import { checksum } from './png-chunks.js';

const reference = JSON.parse(await readFile(new URL('../../reference/alike.json', import.meta.url), 'utf8')) as {
  pictures: { kind: string; image: string }[];
};
const pictureOf = (kind: string): Buffer =>
  Buffer.from(reference.pictures.find((one) => one.kind === kind)!.image, 'base64');

interface Head {
  readonly width?: number;
  readonly height?: number;
  readonly depth?: number;
  readonly colour?: number;
}

function chunk(kind: string, body: Buffer): Buffer {
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  out.write(kind, 4, 'latin1');
  body.copy(out, 8);
  out.writeUInt32BE(checksum(out.subarray(4, -4)), body.length + 8);
  return out;
}

/** A PNG of such a head, whose lines are those: gray, 2 by 2, unless it is said. */
function png(
  { width = 2, height = 2, depth = 8, colour = 0 }: Head,
  lines = [0, 9, 9, 0, 9, 9],
  ...more: Buffer[]
): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour], 8);
  const body = chunk('IDAT', deflateSync(Buffer.from(lines)));
  const signature = pictureOf('rgb').subarray(0, 8);
  return Buffer.concat([signature, chunk('IHDR', head), ...more, body, chunk('IEND', Buffer.alloc(0))]);
}

/** A JPEG of a few kB whose head claims another size. */
function jpeg(width: number, height: number, kind = 'jpeg'): Buffer {
  const bytes = pictureOf(kind);
  for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at + 1]! < 0xc0 || bytes[at + 1]! > 0xc2) continue;
    bytes.writeUInt16BE(height, at + 5);
    bytes.writeUInt16BE(width, at + 7);
    return bytes;
  }
}

test.each<[string, () => Buffer, RegExp]>([
  ['no image', () => Buffer.from('GIF89a'), /neither a PNG nor a JPEG/],
  ['a PNG that breaks off', () => pictureOf('rgb').subarray(0, 300), /breaks off/],
  ['a PNG with too few lines', () => png({ height: 3 }), /breaks off/],
  ['a JPEG that breaks off', () => pictureOf('jpeg').subarray(0, 400), /./],
  ['a PNG of no width', () => png({ width: 0 }), /without pixels/],
  ['a PNG of no height', () => png({ height: 0 }), /without pixels/],
  ['a PNG of a filter that there is none of', () => png({}, [0, 9, 9, 9, 9, 9]), /filter 9, and there are 0 to 4/],
  ['a palette of 16 bits', () => png({ depth: 16, colour: 3 }), /colour type 3 with 16 bits/],
  ['colours of 4 bits', () => png({ depth: 4, colour: 2 }), /colour type 2 with 4 bits/],
  ['a palette that is missing', () => png({ colour: 3 }), /without its palette/],
  ['a palette of four bytes', () => png({ colour: 3 }, undefined, chunk('PLTE', Buffer.alloc(4))), /damaged palette/],
  ['a transparency of one byte', () => png({}, undefined, chunk('tRNS', Buffer.alloc(1))), /damaged transparency/],
  ['a part that nobody knows and all need', () => png({}, undefined, chunk('CgBI', Buffer.alloc(4))), /"CgBI"/],
  ['a PNG of two heads', () => png({}, undefined, chunk('IHDR', Buffer.alloc(13))), /two parts "IHDR"/],
  [
    'a PNG with a bit that fell over',
    () => {
      const bytes = pictureOf('rgb');
      bytes[20]! ^= 1;
      return bytes;
    },
    /part "IHDR" is damaged/,
  ],
  ['a PNG that claims 4 billion pixels', () => png({ width: 65_536, height: 65_536 }), /too many pixels/],
  ['a PNG that claims 120 MB', () => png({ width: 3900, height: 3900, depth: 16, colour: 6 }), /too many bytes/],
  ['a JPEG that claims 63 million pixels', () => jpeg(7900, 8000), /too many pixels/],
  ['a JPEG too short for what it claims', () => jpeg(3900, 4000), /too few for the 3900 by 4000 pixels/],
  ['a progressive JPEG too short for what it claims', () => jpeg(1500, 1500, 'jpeg, progressive'), /too few for the/],
  ['a JPEG without pixels', () => jpeg(84, 0), /without pixels/],
])('%s is refused', (_, bytes, message) => {
  const start = process.memoryUsage().arrayBuffers;
  expect(() => perceptualHash(readPicture(bytes()))).toThrow(message);
  expect(process.memoryUsage().arrayBuffers - start).toBeLessThan(20e6);
});

test('a transparent colour counts in all of its bits, and samples of 16 bits by their upper eight', () => {
  const lines = [0, 1, 2, 1, 3, 0, 7, 0, 255, 255];
  const hidden = chunk('tRNS', Buffer.from([1, 2]));
  expect([...readPicture(png({ depth: 16 }, lines, hidden)).gray]).toEqual([255, 1, 7, 255]);
  expect([...readPicture(png({ depth: 16, colour: 4, height: 1 }, [0, 9, 0, 255, 255, 9, 0, 0, 0])).gray]).toEqual([
    9, 255,
  ]);
});
