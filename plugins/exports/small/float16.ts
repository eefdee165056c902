/** Largest finite number in half precision. */
const LARGEST = 65504;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of the nearest number in half precision (IEEE 754 binary16) of one in single, ties to even; beyond the largest infinite. */
export function float16Bits(value: number): number {
  float[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = Math.abs(float[0]);
  if (Number.isNaN(magnitude)) return sign | 0x7e00;
  // Half way between the largest one and the next there would be.
  if (magnitude >= 65520) return sign | 0x7c00;
  // A unit of the last place: 2^-24 below 2^-14, else a 1024th of the power of two at or below. The quotient is exact.
  const exponent = Math.max(-14, ((bits[0]! >>> 23) & 0xff) - 127);
  // The leading unit of a normal number raises the exponent's field by one; so does a carry.
  return sign | ((exponent + 14) * 1024 + roundToEven(magnitude / 2 ** (exponent - 10)));
}

/** The bits of all of them; undefined where one is too large for half precision. */
export function float16Array(values: ArrayLike<number>): Uint16Array | undefined {
  const all = Array.from(values);
  return all.some((value) => Math.abs(value) > LARGEST) ? undefined : Uint16Array.from(all, float16Bits);
}

/** The number that bits of half precision stand for. */
export function float16Value(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function roundToEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}
