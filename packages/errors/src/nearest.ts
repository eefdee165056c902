/** Optimal string alignment distance (Damerau 1964, restricted): edits, with a swap of neighbours as one. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? (i === 0 ? j : 0);
  for (let j = 1; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      rows[i]![j] = best;
    }
  }
  return at(a.length, b.length);
}

/** Longer names are no slip of the keyboard, and to compare them costs the product of their lengths. */
const LONGEST = 100;
/** Names that one is compared with at most, in the order of the alphabet. */
const MOST_COMPARED = 5_000;

/**
 * The known name that a mistyped one most likely meant, or `undefined` when none is near. Names come from anywhere:
 * what this takes is bounded, whatever is asked.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const wanted = name.toLowerCase();
  let best: { name: string; distance: number } | undefined;
  for (const candidate of [...known].sort().slice(0, MOST_COMPARED)) {
    if (candidate.length > LONGEST) continue;
    const lower = candidate.toLowerCase();
    const most = best?.distance ?? Math.max(3, Math.ceil(candidate.length / 3) + 1);
    // The distance is never less than the lengths differ by.
    if (Math.abs(lower.length - wanted.length) >= most) continue;
    const distance = editDistance(wanted, lower);
    if (distance < most) best = { name: candidate, distance };
  }
  return best?.name;
}

/** `did you mean "x"?` for a mistyped name, or a list of what there is when nothing is near and the list is short. */
export function sayNearest(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (names.length === 0) return 'there are none yet';
  return `there are: ${names.sort().slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
}
