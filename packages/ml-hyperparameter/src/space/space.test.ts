import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generator } from '../random.js';
import { conformanceSpaces } from '../testing/spaces.js';
import { Domain, float, int, linear, ordinal } from './index.js';

it.each(Object.entries(conformanceSpaces))('a drawn point and its configuration are each other: %s', (_, space) => {
  const domain = new Domain(space);
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const point = domain.draw(generator(seed));
      const configuration = domain.configurationAt(point);
      expect(domain.pointOf(JSON.parse(JSON.stringify(configuration)))).toEqual(point);
      expect(domain.settle(point.slice())).toEqual(point);
    }),
    { numRuns: 60 },
  );
});

it('counts configurations through branches', () => {
  expect(new Domain({ a: int(1, 4), b: ordinal(['u', 'v']) }).size).toBe(8);
  expect(new Domain({ a: int(1, 64, { log: true }), b: float(0, 1, { step: 0.25 }) }).size).toBe(320);
  expect(new Domain({ a: float(0, 1) }).size).toBe(Infinity);
});

it('whole numbers on a log scale are drawn in proportion to their share of it', () => {
  const domain = new Domain({ n: int(1, 8, { log: true }) });
  const random = generator(1);
  const counts = new Map<unknown, number>();
  const draws = 20_000;
  for (let i = 0; i < draws; i++) {
    const { n } = domain.configurationAt(domain.draw(random));
    counts.set(n, (counts.get(n) ?? 0) + 1);
  }
  for (let n = 1; n <= 8; n++) {
    const share = (Math.log(n + 0.5) - Math.log(n - 0.5)) / (Math.log(8.5) - Math.log(0.5));
    expect(Math.abs((counts.get(n) ?? 0) / draws - share)).toBeLessThan(5 * Math.sqrt(share / draws));
  }
});

it('draws keep restrictions', () => {
  const domain = new Domain({ a: int(0, 9), b: int(0, 9) }, [linear({ a: 1, b: -1 }, 0)]);
  for (let s = 0; s < 50; s++) {
    const { a, b } = domain.configurationAt(domain.draw(generator(s))) as { a: number; b: number };
    expect(a).toBeLessThanOrEqual(b);
  }
});
