import { randomFrom, shuffled } from '@trainyard/numeric';
import { expect, test } from 'vitest';
import { compareProfiles, neverSeen, profileOf, type DriftRow } from './index.js';

const column = [{ name: 'city', type: 'text' }] as const;
const rows = (values: readonly string[]): DriftRow[] => values.map((city) => ({ city }));
const compared = (reference: readonly string[], window: readonly string[]) =>
  compareProfiles(profileOf(rows(reference), column), profileOf(rows(window), column));

/** So many values, of shares that fall as 1 / rank. */
function drawn(random: ReturnType<typeof randomFrom>, size: number, values: number, prefix = 'v'): string[] {
  const sums = Array.from({ length: values }, (_, i) => 1 / (i + 1));
  sums.forEach((_, i) => (sums[i]! += sums[i - 1] ?? 0));
  return Array.from({ length: size }, () => {
    const at = random.uniform() * sums[values - 1]!;
    return `${prefix}${sums.findIndex((sum) => at < sum)}`;
  });
}

test('categories of which none is frequent in the window, all renamed, are found', () => {
  const reference = Array.from({ length: 5000 }, (_, i) => `city ${i % 400}`);
  const window = Array.from({ length: 300 }, (_, i) => `town ${i % 150}`);
  const [found] = compared(reference, window).columns;
  expect(found).toMatchObject({ drifted: true, test: 'never seen', statistic: 300 });
  expect(found!.effect).toBeCloseTo(1, 12);
  expect(found!.says).toContain('never seen before: town 0');
  // A fifth of them is found, too.
  const some = Array.from({ length: 300 }, (_, i) => (i % 5 === 0 ? `town ${i % 150}` : `city ${(i * 7) % 400}`));
  expect(compared(reference, some).drifted).toBe(true);
});

test.each([
  ['each row has a value of its own', 1e9],
  ['values are many and rare', 3000],
  ['a few are frequent and most are rare', 200],
] as const)('where %s, windows of the same law alarm at most as often as is stated', (_, values) => {
  const windows = 400;
  let alarms = 0;
  for (let w = 0; w < windows; w++) {
    const random = randomFrom(1000 + w);
    const law = (size: number): string[] =>
      values > 1e6 ? Array.from({ length: size }, () => String(random.uniform())) : drawn(random, size, values);
    const report = compareProfiles(profileOf(rows(law(400)), column), profileOf(rows(law(150)), column), {
      minEffect: 0,
    });
    if (report.drifted) alarms++;
  }
  // 99.9% of binomial draws with chance 0.05 lie at or below 0.05 + 3.1 standard deviations.
  expect(alarms / windows).toBeLessThanOrEqual(0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / windows));
});

test('the chance is that of dealing all rows anew, or a little more', () => {
  const reference = [5, 3, 1, 1, 0, 0, 0, 2, 0];
  const window = [2, 0, 1, 0, 1, 2, 1, 0, 1];
  const { statistic, p } = neverSeen(reference, window);
  expect(statistic).toBe(5);
  const values = reference.flatMap((count, i) => Array.from({ length: count + window[i]! }, () => i));
  const size = window.reduce((sum, count) => sum + count, 0);
  const random = randomFrom(7);
  const draws = 20_000;
  let reached = 0;
  for (let draw = 0; draw < draws; draw++) {
    const dealt = [...shuffled(values.length, random)].map((at) => values[at]!);
    const before = new Set(dealt.slice(size));
    if (dealt.slice(0, size).filter((value) => !before.has(value)).length >= statistic) reached++;
  }
  const share = reached / draws;
  expect(p).toBeGreaterThan(share - 4 * Math.sqrt(share / draws));
  expect(p).toBeLessThan(4 * share);
});

test('many rows are as good as few: the exact sum and the normal one meet', () => {
  const law = (size: number, seed: number) => drawn(randomFrom(seed), size, 30_000);
  const before = law(20_000, 1);
  const tailOf = (extra: number): number => {
    const window = [...law(8000, 2), ...Array.from({ length: extra }, (_, i) => `new ${i}`)];
    const names = [...new Set([...before, ...window])];
    const count = (of: readonly string[]) => {
      const counts = new Map<string, number>();
      for (const value of of) counts.set(value, (counts.get(value) ?? 0) + 1);
      return names.map((name) => counts.get(name) ?? 0);
    };
    return neverSeen(count(before), count(window)).p;
  };
  expect(tailOf(0)).toBeGreaterThan(0.01);
  expect(tailOf(600)).toBeLessThan(1e-6);
});
