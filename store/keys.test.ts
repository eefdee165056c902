import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkKey, segmentOf } from './keys.js';

const names = fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.stringMatching(/^[A-Za-z0-9/.=~_-]{0,80}$/));

test('every name has a segment that fits into a key, and different names have different ones', () => {
  fc.assert(
    fc.property(names, names, fc.integer({ min: 20, max: 60 }), (a, b, most) => {
      // A lone surrogate has no UTF-8: such names are equal to the one with U+FFFD in its place.
      fc.pre(!/\p{Surrogate}/u.test(a + b));
      const segment = segmentOf(a, most);
      expect(segment.length).toBeLessThanOrEqual(most);
      expect(checkKey(`runs/${segment}/start`)).toBe(`runs/${segment}/start`);
      expect(segment).not.toContain('/');
      expect(segmentOf(b, most) === segment).toBe(a === b);
    }),
  );
});

test.each([
  ['penguins-2026.1', 'penguins-2026.1'],
  ['Run/1', '=52un=2f1'],
  ['..', '=2e=2e'],
  ['', '='],
  ['a=b~c', 'a=3db=7ec'],
])('%j becomes %s', (name, segment) => expect(segmentOf(name)).toBe(segment));
