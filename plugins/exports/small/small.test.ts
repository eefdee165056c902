import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float16Bits, float16Value } from './float16.js';
import { quantizedByChannel, quantizedWhole } from './int8.js';

test('every number of half precision comes back with its bits', () => {
  const wrong = Array.from({ length: 0x10000 }, (_, half) => half).filter((half) => {
    const value = float16Value(half);
    const back = float16Bits(value);
    return Number.isNaN(value) ? !Number.isNaN(float16Value(back)) : back !== half;
  });
  expect(wrong).toEqual([]);
});

test('a number becomes the nearest of half precision, the even one of two', () => {
  const wrong: number[] = [];
  for (let half = 0; half < 0x7bff; half++) {
    const [low, high] = [float16Value(half), float16Value(half + 1)];
    const even = half % 2 === 0 ? half : half + 1;
    const pairs = [
      [(low + high) / 2, even],
      [-(low + high) / 2, even | 0x8000],
      [low + (high - low) * 0.4375, half],
      [low + (high - low) * 0.5625, half + 1],
    ] as const;
    if (pairs.some(([value, expected]) => float16Bits(value) !== expected)) wrong.push(half);
  }
  expect(wrong).toEqual([]);
  expect(float16Bits(65519.9)).toBe(0x7bff);
  expect(float16Value(float16Bits(65520))).toBe(Infinity);
});

const weights = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 })).chain(([channels, rows]) =>
  fc.tuple(
    fc.constant(channels),
    fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), {
      minLength: channels * rows,
      maxLength: channels * rows,
    }),
  ),
);

test('whole numbers by channel lie within half a step of the weights, and a channel of zeros stays so', () => {
  fc.assert(
    fc.property(weights, ([channels, values]) => {
      const { scales, values: whole } = quantizedByChannel(Float32Array.from(values), channels);
      values.forEach((value, i) => {
        const scale = scales[i % channels]!;
        expect(Math.abs(whole[i]!)).toBeLessThanOrEqual(127);
        expect(Math.abs(whole[i]! * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
      });
    }),
  );
  expect(quantizedByChannel(new Float32Array(4), 2).scales).toEqual(Float32Array.of(1, 1));
});

test('whole numbers of a whole tensor lie within half a step of the weights', () => {
  fc.assert(
    fc.property(weights, ([, values]) => {
      const { min, scale, values: whole } = quantizedWhole(Float32Array.from(values));
      values.forEach((value, i) => {
        expect(Math.abs(whole[i]! * scale + min - value)).toBeLessThanOrEqual(scale * 0.5001);
      });
    }),
  );
});
