import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bandsOf, plainText, shinglesOf, similarityOf } from './min-hash.js';

const words = fc.array(fc.stringMatching(/^[a-z]{2,8}$/), { minLength: 30, maxLength: 60 });

test('the similarity is the share of shingles that sets have in common', () => {
  fc.assert(
    fc.property(words, words, fc.nat(30), (a, b, shared) => {
      const [one, other] = [[...a, ...b.slice(0, shared)].join(' '), b.join(' ')];
      const setOf = (text: string): Set<string> =>
        new Set(Array.from({ length: text.length - 4 }, (_, i) => text.slice(i, i + 5)));
      const [left, right] = [setOf(one), setOf(other)];
      const both = [...left].filter((shingle) => right.has(shingle)).length;
      expect(similarityOf(shinglesOf(one), shinglesOf(other))).toBeCloseTo(both / (left.size + right.size - both), 9);
    }),
  );
});

test('texts that are alike share a band, and texts that are not hardly ever do', () => {
  let [alike, shared, apart, met] = [0, 0, 0, 0];
  const share = (a: string, b: string): boolean => {
    const other = bandsOf(shinglesOf(b));
    return bandsOf(shinglesOf(a)).some((band, i) => band === other[i]);
  };
  fc.assert(
    fc.property(words, words, fc.nat(), (a, b, at) => {
      const changed = a.map((word, i) => (i === at % a.length ? 'changed' : word));
      if (similarityOf(shinglesOf(a.join(' ')), shinglesOf(changed.join(' '))) >= 0.8) {
        alike++;
        if (share(a.join(' '), changed.join(' '))) shared++;
      }
      apart++;
      if (share(a.join(' '), b.join(' '))) met++;
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(alike).toBeGreaterThan(200);
  expect(shared).toBe(alike);
  expect(met / apart).toBeLessThan(0.02);
});

test('case, punctuation and white space say nothing; an empty text has a signature too', () => {
  expect(plainText('  Ｃafé — no. 7!\n')).toBe('café no 7');
  expect(bandsOf(shinglesOf(''))).toEqual(bandsOf(shinglesOf('')));
  expect(similarityOf(shinglesOf('a'), shinglesOf('a'))).toBe(1);
});
