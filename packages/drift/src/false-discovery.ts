/**
 * p-values corrected for their number, in the order given, by Benjamini & Hochberg (1995): calling those at most
 * alpha a finding keeps the expected share of false ones among the findings at alpha, and, where nothing differs, the
 * chance of any finding.
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((i, j) => ps[j]! - ps[i]!);
  const corrected = new Array<number>(ps.length);
  let least = 1;
  order.forEach((i, position) => {
    least = Math.min(least, (ps[i]! * ps.length) / (ps.length - position));
    corrected[i] = least;
  });
  return corrected;
}
