import type { Picture } from './gray.js';
import { resize } from './resize.js';

/** The side that pictures are brought to, and that of the block of low frequencies. */
const [SIDE, LOW] = [32, 8];
/** Whole numbers of 2^-18: sums of products with 8 bits, in two dimensions, are exact in a double. */
const UNIT = 2 ** 18;
const COSINES = Array.from({ length: LOW }, (_, k) =>
  Array.from({ length: SIDE }, (__, n) => Math.round(Math.cos((Math.PI * k * (2 * n + 1)) / (2 * SIDE)) * UNIT)),
);

/**
 * 64 bits that say what a picture looks like: which of its lowest frequencies (a discrete cosine transform of 32 by 32 pixels) lie above
 * their median (Zauner 2010, "Implementation and benchmarking of perceptual image hash functions"; `phash` of imagehash). Pictures
 * that were scaled, compressed or brightened differ in few of them, others in about half.
 */
export function perceptualHash(picture: Picture): bigint {
  const { gray } = resize(picture, SIDE, SIDE);
  // Down each column, then across: [LOW, SIDE], then [LOW, LOW].
  const down = COSINES.map((cosine) =>
    Array.from({ length: SIDE }, (_, x) => sum(SIDE, (y) => cosine[y]! * gray[y * SIDE + x]!)),
  );
  const low = down.flatMap((line) => COSINES.map((cosine) => sum(SIDE, (x) => cosine[x]! * line[x]!)));
  const sorted = low.toSorted((a, b) => a - b);
  const median = (sorted[low.length / 2 - 1]! + sorted[low.length / 2]!) / 2;
  return low.reduce((bits, one) => (bits << 1n) | (one > median ? 1n : 0n), 0n);
}

function sum(count: number, of: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += of(i);
  return total;
}
