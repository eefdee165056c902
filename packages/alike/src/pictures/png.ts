import { inflateSync } from 'node:zlib';
import { requireSize, type Picture } from './gray.js';
import { chunksOf } from './png-chunks.js';
import { bitsOf, grayAt, requireKind, type Pixels } from './png-pixels.js';

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
/** Bytes that some encoders leave behind the last line. */
const SLACK = 64;

interface Head extends Pick<Pixels, 'depth' | 'colour'> {
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
}

/**
 * Reads a PNG of any kind as brightness (PNG, third edition, W3C 2025), what is transparent laid over white. Throws an Error where it
 * is damaged, or too large.
 */
export function readPng(bytes: Uint8Array): Picture {
  const chunks = chunksOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const bodyOf = (kind: string): Buffer | undefined => chunks.find((chunk) => chunk.kind === kind)?.body;
  const head = readHead(chunks[0]?.kind === 'IHDR' ? chunks[0].body : undefined);
  const pixels = requireKind({ ...head, palette: bodyOf('PLTE'), transparent: bodyOf('tRNS') });
  const bits = bitsOf(head);
  const passes = (head.interlaced ? PASSES : WHOLE)
    .map(([left, top, across, down]) => {
      const [width, height] = [Math.ceil((head.width - left) / across), Math.ceil((head.height - top) / down)];
      return { left, top, across, down, width, height, line: Math.ceil((width * bits) / 8) };
    })
    .filter(({ width, height }) => width > 0 && height > 0);
  const size = passes.reduce((sum, { height, line }) => sum + height * (line + 1), 0);
  const packed = Buffer.concat(chunks.filter(({ kind }) => kind === 'IDAT').map(({ body }) => body));
  const data = inflateSync(packed, { maxOutputLength: size + SLACK });
  if (data.length < size) throw new Error('a PNG that breaks off');
  const gray = new Uint8Array(head.width * head.height);
  let at = 0;
  for (const { left, top, across, down, width, height, line } of passes) {
    unfilter(data.subarray(at, at + height * (line + 1)), line, height, Math.max(1, bits >> 3));
    for (let y = 0; y < height; y++) {
      const row = data.subarray(at + y * (line + 1) + 1, at + (y + 1) * (line + 1));
      for (let x = 0; x < width; x++) gray[(top + y * down) * head.width + left + x * across] = grayAt(row, x, pixels);
    }
    at += height * (line + 1);
  }
  return { width: head.width, height: head.height, gray };
}

function readHead(body: Buffer | undefined): Head {
  if (body?.length !== 13) throw new Error('a PNG without a head');
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  const [depth, colour, packing, filters, interlaced] = body.subarray(8) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (packing !== 0 || filters !== 0 || interlaced > 1) throw new Error('a PNG of an unknown kind');
  const head = { width, height, depth, colour, interlaced: interlaced === 1 };
  requireSize('PNG', width, height, bitsOf(head));
  return head;
}

/** Undoes, in place, what each line says was done to it: taken off is what stands left of it, above it, or between. */
function unfilter(data: Buffer, line: number, height: number, pixel: number): void {
  for (let y = 0; y < height; y++) {
    const start = y * (line + 1);
    const filter = data[start]!;
    if (filter === 0) continue;
    if (filter > 4) throw new Error(`a PNG with a line of filter ${filter}, and there are 0 to 4`);
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
