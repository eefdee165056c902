/** How far answers lie from those expected at most, in units of the larger of the expected one and 1; infinite where one is NaN or their number differs. */
export function largestDifference(expected: ArrayLike<number>, given: ArrayLike<number>): number {
  if (expected.length !== given.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(expected[i]! - given[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(off <= largest)) largest = Number.isNaN(off) ? Infinity : off;
  }
  return largest;
}
