/**
 * Values that differ in case or white space alone, such as `yes`, `Yes` and `yes `: one list for each value that has
 * several spellings, in the order given.
 */
export function spellingsOf(values: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const value of new Set(values)) {
    const plain = value.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
    groups.set(plain, [...(groups.get(plain) ?? []), value]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** A sentence about each value of a column that has several spellings (`spellingsOf`), at most three of them. */
export function spellingWarnings(column: string, spellings: readonly (readonly string[])[]): string[] {
  return spellings
    .slice(0, 3)
    .map(
      (group) =>
        `${column} has ${group.map((one) => JSON.stringify(one)).join(' and ')}, which differ in case or white space alone: ` +
        `they count as ${group.length} different values; the rules trim, case or map of clean.table make them one`,
    );
}
