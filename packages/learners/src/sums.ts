/**
 * Four sums at once: a chain of additions is what takes the time. Their order is part of every result. Plain variables: V8 makes arrays
 * of what is destructured, which costs more than the sum.
 */

/** Σ a·b of two stretches. */
export function dot(a: Float64Array, from: number, b: Float64Array, start: number, length: number): number {
  let one = 0;
  let two = 0;
  let three = 0;
  let four = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    one += a[from + i]! * b[start + i]!;
    two += a[from + i + 1]! * b[start + i + 1]!;
    three += a[from + i + 2]! * b[start + i + 2]!;
    four += a[from + i + 3]! * b[start + i + 3]!;
  }
  for (; i < length; i++) one += a[from + i]! * b[start + i]!;
  return one + two + (three + four);
}

/** Σ (a - b)² of two stretches. */
export function squaredDistance(a: Float64Array, from: number, b: Float64Array, start: number, length: number): number {
  let one = 0;
  let two = 0;
  let three = 0;
  let four = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const p = a[from + i]! - b[start + i]!;
    const q = a[from + i + 1]! - b[start + i + 1]!;
    const r = a[from + i + 2]! - b[start + i + 2]!;
    const s = a[from + i + 3]! - b[start + i + 3]!;
    one += p * p;
    two += q * q;
    three += r * r;
    four += s * s;
  }
  for (; i < length; i++) {
    const apart = a[from + i]! - b[start + i]!;
    one += apart * apart;
  }
  return one + two + (three + four);
}
