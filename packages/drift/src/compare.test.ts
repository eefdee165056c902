import { expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import { compareProfiles } from './compare.js';
import { profileOf, type DriftColumn, type DriftRow } from './profile.js';

const columns: DriftColumn[] = [
  ...Array.from({ length: 8 }, (_, i) => ({ name: `n${i}`, type: 'number' as const })),
  ...Array.from({ length: 4 }, (_, i) => ({ name: `c${i}`, type: 'text' as const })),
];

/** Rows of independent columns, some of them with missing values, categories of unequal shares. */
function makeRows(size: number, seed: number, shift: (column: string) => number = () => 0): DriftRow[] {
  const random = randomFrom(seed);
  const uniform = (): number => 1 - random.uniform();
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: size }, () =>
    Object.fromEntries(
      columns.map(({ name, type }, i) => {
        if (i % 3 === 0 && uniform() < 0.05) return [name, null];
        if (type === 'number') return [name, normal() + shift(name)];
        return [name, 'abcdefgh'[Math.floor(8 * uniform() ** (1.5 + shift(name)))]];
      }),
    ),
  );
}

const profile = (rows: DriftRow[]) => profileOf(rows, columns);

test('the chance of any false alarm in a window is at most alpha, without help from the least effect', () => {
  const windows = 400;
  let alarms = 0;
  for (let w = 0; w < windows; w++) {
    const [reference, window] = [profile(makeRows(500, 2 * w + 1)), profile(makeRows(200, 2 * w + 2))];
    if (compareProfiles(reference, window, { alpha: 0.05, minEffect: 0 }).drifted) alarms++;
  }
  // 99.9% of binomial draws with chance 0.05 lie at or below 0.05 + 3.1 standard deviations.
  expect(alarms / windows).toBeLessThanOrEqual(0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / windows));
});

test('a tenth of a standard deviation is found in seven of ten columns, where the least effect lets it', () => {
  const random = randomFrom(26);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const numbers = Array.from({ length: 30 }, (_, i) => ({ name: `x${i}`, type: 'number' as const }));
  const made = (size: number, shift: number) =>
    profileOf(
      Array.from({ length: size }, () => Object.fromEntries(numbers.map(({ name }) => [name, normal() + shift]))),
      numbers,
    );
  const reference = made(10_000, 0);
  const windows = Array.from({ length: 4 }, () => compareProfiles(reference, made(1000, 0.1), { minEffect: 0.02 }));
  const found = windows.flatMap(({ columns: all }) => all.filter((column) => column.drifted));
  expect(found.length / (4 * numbers.length)).toBeGreaterThanOrEqual(0.7);
});

test('a shift is found where it is, and said in words; nothing is said of the others', () => {
  const reference = profile(makeRows(2000, 1));
  const moved = profile(makeRows(300, 2, (column) => (column === 'n1' ? 1 : column === 'c2' ? 1 : 0)));
  const report = compareProfiles(reference, moved);
  expect(
    report.columns
      .filter((c) => c.drifted)
      .map((c) => c.column)
      .sort(),
  ).toEqual(['c2', 'n1']);
  expect(report.columns.find((c) => c.column === 'n1')?.says).toMatch(
    /^n1: median -?0\.0\d+ was, (0\.9|1\.)\d* is; \d\d\.\d% of the rows lie elsewhere$/,
  );
});

test('evidence alone is no finding, nor is size alone', () => {
  const many = compareProfiles(profile(makeRows(8000, 1)), profile(makeRows(8000, 2, (c) => (c === 'n1' ? 0.1 : 0))));
  const small = many.columns.find((c) => c.column === 'n1' && c.of === 'values')!;
  expect([small.corrected < 0.01, small.effect < 0.1, small.drifted]).toEqual([true, true, false]);
  const few = compareProfiles(profile(makeRows(500, 3)), profile(makeRows(10, 4)));
  expect(few.columns.some((c) => c.effect > 0.2)).toBe(true);
  expect(few.drifted).toBe(false);
});

test('values never seen before and values gone missing are findings', () => {
  const rows = makeRows(1000, 5);
  const fresh = makeRows(200, 6).map((row, i) => ({
    ...row,
    c0: i % 4 === 0 ? 'constructor' : row['c0']!,
    n2: i % 3 === 0 ? null : row['n2']!,
  }));
  const { columns: found } = compareProfiles(profile(rows), profile(fresh));
  expect(
    found
      .filter((c) => c.drifted)
      .map((c) => `${c.column} ${c.of}`)
      .sort(),
  ).toEqual(['c0 values', 'n2 missing']);
  expect(found.find((c) => c.column === 'c0' && c.of === 'values')?.says).toContain('never seen before: constructor');
  expect(found.find((c) => c.column === 'n2' && c.of === 'missing')?.says).toMatch(
    /missing in 0\.0% of the rows before, in 33\.5% now/,
  );
});

test('a column without any value, or a window without rows, is no finding and no failure', () => {
  const rows = makeRows(100, 7).map((row) => ({ ...row, n1: null }));
  const report = compareProfiles(profile(rows), profile(rows));
  expect(report.drifted).toBe(false);
  expect(compareProfiles(profile(rows), profile([])).columns).toEqual([]);
});

test('what is larger than a constant, or than a value of many, is elsewhere by every figure', () => {
  const years = (value: number) =>
    profileOf(
      Array.from({ length: 100 }, () => ({ x: value })),
      [{ name: 'x', type: 'number' }],
    );
  const [moved] = compareProfiles(years(2007), years(2009)).columns;
  expect(moved?.effect).toBe(1);
  expect(moved?.psi).toBeGreaterThan(5);
  expect(moved?.jensenShannon).toBe(1);
  expect(compareProfiles(years(0), years(0)).columns[0]?.psi).toBe(0);
});
