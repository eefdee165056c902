import { inflateSync } from 'node:zlib';
import { brightness, MOST_PIXELS, type Picture } from './gray.js';

/** Samples of a pixel by colour type: gray, RGB, palette, gray with alpha, RGB with alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Adam7: where each pass begins, and its steps; the whole picture where it is not interlaced. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const WHOLE = [[0, 0, 1, 1]] as const;

interface Head {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

/** Reads a PNG of any kind as brightness (PNG, third edition, W3C 2025). Throws an Error where it is damaged. */
export function readPng(bytes: Uint8Array): Picture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Buffer[] = [];
  let head: Head | undefined;
  let palette: Buffer | undefined;
  for (let at = 8; at + 8 <= file.length; at += file.readUInt32BE(at) + 12) {
    const kind = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    if (kind === 'IHDR') head = readHead(body);
    if (kind === 'PLTE') palette = body;
    if (kind === 'IDAT') parts.push(body);
  }
  if (!head) throw new Error('a PNG without a head');
  const passes = head.interlaced ? PASSES : WHOLE;
  const bits = head.depth * SAMPLES[head.colour]!;
  const most = head.height * (Math.ceil((head.width * bits) / 8) + 1) + 16 * (head.height + 8) + 64;
  const data = inflateSync(Buffer.concat(parts), { maxOutputLength: most });
  const gray = new Uint8Array(head.width * head.height);
  let at = 0;
  for (const [left, top, across, down] of passes) {
    const [width, height] = [Math.ceil((head.width - left) / across), Math.ceil((head.height - top) / down)];
    if (width <= 0 || height <= 0) continue;
    const line = Math.ceil((width * bits) / 8);
    if (data.length < at + height * (line + 1)) throw new Error('a PNG that breaks off');
    unfilter(data.subarray(at, at + height * (line + 1)), line, height, Math.max(1, bits >> 3));
    for (let y = 0; y < height; y++) {
      const row = data.subarray(at + y * (line + 1) + 1, at + (y + 1) * (line + 1));
      for (let x = 0; x < width; x++)
        gray[(top + y * down) * head.width + left + x * across] = grayAt(row, x, head, palette);
    }
    at += height * (line + 1);
  }
  return { width: head.width, height: head.height, gray };
}

function readHead(body: Buffer): Head {
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  const [depth = 0, colour = 9, , , interlaced] = body.subarray(8);
  if (SAMPLES[colour] === undefined || ![1, 2, 4, 8, 16].includes(depth)) throw new Error('a PNG of an unknown kind');
  if (width * height > MOST_PIXELS) throw new Error('a PNG of too many pixels');
  return { width, height, depth, colour, interlaced: interlaced === 1 };
}

/** Undoes, in place, what each line says was done to it: taken off is what stands left of it, above it, or between. */
function unfilter(data: Buffer, line: number, height: number, pixel: number): void {
  for (let y = 0; y < height; y++) {
    const start = y * (line + 1);
    const filter = data[start]!;
    if (filter === 0) continue;
    for (let x = 1; x <= line; x++) {
      const at = start + x;
      const left = x > pixel ? data[at - pixel]! : 0;
      const above = y > 0 ? data[at - line - 1]! : 0;
      const corner = x > pixel && y > 0 ? data[at - line - 1 - pixel]! : 0;
      data[at] = data[at]! + guess(filter, left, above, corner);
    }
  }
}

function guess(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const middle = left + above - corner;
  const [a, b, c] = [Math.abs(middle - left), Math.abs(middle - above), Math.abs(middle - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

function grayAt(row: Buffer, x: number, { depth, colour }: Head, palette: Buffer | undefined): number {
  const sample = (i: number): number => {
    if (depth >= 8) return row[i * (depth >> 3)] ?? 0;
    return ((row[(i * depth) >> 3] ?? 0) >> (8 - depth - ((i * depth) & 7))) & ((1 << depth) - 1);
  };
  const first = x * SAMPLES[colour]!;
  if (colour === 2 || colour === 6) return brightness(sample(first), sample(first + 1), sample(first + 2));
  if (colour !== 3) return depth >= 8 ? sample(first) : Math.round((sample(first) * 255) / ((1 << depth) - 1));
  const entry = sample(x) * 3;
  if (!palette || entry + 2 >= palette.length) throw new Error('a PNG with a colour that its palette lacks');
  return brightness(palette[entry]!, palette[entry + 1]!, palette[entry + 2]!);
}
