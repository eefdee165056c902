import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allotSlots,
  armsOfSlots,
  murmur3,
  seedOf,
  sizeOf,
  SLOTS,
  slotOf,
  trafficAsk,
  type SlotRanges,
} from './traffic.js';

const names = ['a', 'b', 'c', 'd'];
/** Shares of some arms that are 1 together at most. */
const shares = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }).chain((some) =>
  fc.array(fc.integer({ min: 0, max: SLOTS }), { minLength: some.length, maxLength: some.length }).map((parts) => {
    const all = Math.max(
      SLOTS,
      parts.reduce((sum, part) => sum + part, 0),
    );
    return some.map((name, at) => ({ name, share: Math.floor((parts[at]! * SLOTS) / all) / SLOTS }));
  }),
);
const numbersOf = (ranges: SlotRanges): Set<number> =>
  new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)));

describe('slots of arms', () => {
  test('every arm has its share, no slot has two arms, and a unit leaves an arm only where that arm shrinks', () => {
    fc.assert(
      fc.property(fc.array(shares, { minLength: 1, maxLength: 6 }), (plans) => {
        let former: { name: string; slots: SlotRanges }[] = [];
        for (const arms of plans) {
          const slots = allotSlots(arms, former);
          const sizes = arms.map(({ share }) => Math.round(share * SLOTS));
          expect(slots.map(sizeOf)).toEqual(sizes);
          expect(numbersOf(slots.flat()).size).toBe(sizes.reduce((sum, size) => sum + size, 0));
          for (const [at, { name }] of arms.entries()) {
            const before = numbersOf(former.find((arm) => arm.name === name)?.slots ?? []);
            const after = numbersOf(slots[at]!);
            const [small, large] = before.size <= after.size ? [before, after] : [after, before];
            expect([...small].every((slot) => large.has(slot))).toBe(true);
          }
          former = arms.map(({ name }, at) => ({ name, slots: slots[at]! }));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the smallest share that is one has a slot', () => {
    expect(allotSlots([{ name: 'a', share: 1e-9 }], [])).toEqual([[[0, 1]]]);
  });

  test('units are spread as the shares say, otherwise for every salt', () => {
    const table = armsOfSlots([{ slots: [[0, 2500]] }, { slots: [[2500, 3000]] }]);
    const counted = (salt: string): number[] => {
      const seed = seedOf(salt);
      const counts = [0, 0, 0];
      for (let unit = 0; unit < 40_000; unit++) counts[table[slotOf(seed, `customer-${unit}`)]!]!++;
      return counts.map((count) => count / 40_000);
    };
    for (const salt of ['7', '8']) {
      const [stable = 0, one = 0, two = 0] = counted(salt);
      // Five standard errors of a share of 40,000 units are 0.011 at most.
      expect(Math.abs(stable - 0.7)).toBeLessThan(0.011);
      expect(Math.abs(one - 0.25)).toBeLessThan(0.011);
      expect(Math.abs(two - 0.05)).toBeLessThan(0.006);
    }
    const same = Array.from(
      { length: 1000 },
      (_, unit) => slotOf(seedOf('7'), `u${unit}`) === slotOf(seedOf('8'), `u${unit}`),
    );
    expect(same.filter(Boolean).length).toBeLessThan(10);
  });
});

test('the hash is MurmurHash3, so that others can tell who was where', () => {
  const { cases } = JSON.parse(readFileSync(new URL('./reference/murmur3.json', import.meta.url), 'utf8')) as {
    cases: { text: string; seed: number; hash: number }[];
  };
  expect(cases.length).toBeGreaterThan(40);
  for (const { text, seed, hash } of cases) expect(murmur3(text, seed), `${text} ${seed}`).toBe(hash);
});

test('a plan that cannot be is refused', () => {
  const arm = { name: 'b', version: 2, share: 0.5 };
  const wrong = [
    { mode: 'split', arms: [] },
    { mode: 'split', arms: [arm, arm] },
    { mode: 'split', arms: [{ ...arm, name: 'stable' }] },
    { mode: 'split', arms: [arm, { ...arm, name: 'c', share: 0.6 }] },
    { mode: 'canary', arms: [arm, { ...arm, name: 'c', share: 0.1 }] },
    { mode: 'canary', arms: [{ ...arm, version: 0 }] },
    { mode: 'canary', arms: [{ ...arm, share: 1.1 }] },
    { mode: 'canary', arms: [arm], key: { cookie: 'x' } },
    { mode: 'bandit', arms: [arm] },
  ];
  for (const one of wrong) expect(trafficAsk.safeParse(one).success, JSON.stringify(one)).toBe(false);
  expect(trafficAsk.safeParse({ mode: 'split', arms: [arm], key: { header: 'x-customer' } }).success).toBe(true);
});
