import { inflateSync } from 'node:zlib';

export interface Gray {
  readonly width: number;
  readonly height: number;
  /** Line by line from the top: 0 is black, 255 white. */
  readonly pixels: Uint8Array;
}

/** Reads a PNG of 8-bit gray, not interlaced; throws an Error that says what else it is (PNG, third edition, W3C 2025). */
export function readGray(png: Buffer): Gray {
  const parts: Buffer[] = [];
  let head: Buffer | undefined;
  for (let at = 8; at + 8 <= png.length;) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') head = body;
    if (kind === 'IDAT') parts.push(body);
    at += length + 12;
  }
  if (!head) throw new Error('no PNG');
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const [depth, colour, , , interlaced] = head.subarray(8);
  if (depth !== 8 || colour !== 0 || interlaced !== 0)
    throw new Error(
      `a PNG of ${depth} bits, colour type ${colour}${interlaced ? ', interlaced' : ''}: only 8-bit gray is read`,
    );
  return { width, height, pixels: unfiltered(inflateSync(Buffer.concat(parts)), width, height) };
}

/** Undoes what each line says was done to it: taken off is what stands left of it, above it, or between. */
function unfiltered(lines: Buffer, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (width + 1)];
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const left = x > 0 ? pixels[at - 1]! : 0;
      const above = y > 0 ? pixels[at - width]! : 0;
      const corner = x > 0 && y > 0 ? pixels[at - width - 1]! : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      pixels[at] = lines[y * (width + 1) + 1 + x]! + guess;
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map((one) => Math.abs(guess - one)) as [number, number, number];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}
