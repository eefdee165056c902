import type { FeatureRows } from '../rows.js';

/** The rows of a tree, feature by feature. */
export interface Columns {
  /** The values of each feature, by row; no negative zero among them. */
  readonly values: readonly Float64Array[];
  /** The places of the rows in the order of each feature, equal values by place. */
  readonly orders: readonly Int32Array[];
}

/** Columns of rows of features, each put in order once. */
export function columnsOf({ rows, width, features }: FeatureRows): Columns {
  const values = Array.from({ length: width }, (_, j) => {
    const column = new Float64Array(rows);
    // A sum of two zeros is the positive one.
    for (let row = 0, at = j; row < rows; row++, at += width) column[row] = features[at]! + 0;
    return column;
  });
  const order = orderer(rows);
  return { values, orders: values.map(order) };
}

const [BITS, DIGITS] = [11, 6];
const SIZE = 1 << BITS;

/**
 * Puts columns of so many rows in order, by their bits: least significant digit first (Knuth 1998, 5.2.5), digits that all rows share left
 * out. The bits of a double rise with it once the sign is turned, and of negative ones the others too.
 */
function orderer(rows: number): (column: Float64Array) => Int32Array {
  const bits = new Uint32Array(2 * rows);
  const counts = new Int32Array(SIZE * DIGITS);
  const spare = new Int32Array(rows);
  return (column) => {
    const halves = new Uint32Array(column.buffer, column.byteOffset, 2 * rows);
    counts.fill(0);
    for (let row = 0; row < rows; row++) {
      const high = halves[2 * row + HIGH]!;
      const turn = high >>> 31 === 1 ? 0xffffffff : 0;
      const low = (halves[2 * row + 1 - HIGH]! ^ turn) >>> 0;
      const top = (high ^ (turn | 0x80000000)) >>> 0;
      bits[2 * row] = low;
      bits[2 * row + 1] = top;
      for (let digit = 0; digit < DIGITS; digit++) counts[digit * SIZE + digitOf(low, top, digit)]!++;
    }
    let from: Int32Array = spare;
    let to: Int32Array = new Int32Array(rows);
    for (let row = 0; row < rows; row++) from[row] = row;
    for (let digit = 0; digit < DIGITS; digit++) {
      const base = digit * SIZE;
      if (rows > 0 && counts[base + digitOf(bits[0]!, bits[1]!, digit)] === rows) continue;
      let place = 0;
      for (let value = 0; value < SIZE; value++) {
        const count = counts[base + value]!;
        counts[base + value] = place;
        place += count;
      }
      for (let i = 0; i < rows; i++) {
        const row = from[i]!;
        to[counts[base + digitOf(bits[2 * row]!, bits[2 * row + 1]!, digit)]!++] = row;
      }
      [from, to] = [to, from];
    }
    return from === spare ? Int32Array.from(from) : from;
  };
}

/** Which half of a double has its sign: the second, where the lower byte comes first. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Eleven bits of 64, from the lowest: digit 2 lies in both halves. */
function digitOf(low: number, high: number, digit: number): number {
  if (digit < 2) return (low >>> (digit * BITS)) & (SIZE - 1);
  if (digit === 2) return ((low >>> 22) | (high << 10)) & (SIZE - 1);
  return (high >>> (digit * BITS - 32)) & (SIZE - 1);
}
