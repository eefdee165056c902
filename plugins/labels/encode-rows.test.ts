import { expect, test } from 'vitest';
import { encode } from './encode-rows.js';

const encoded = (values: readonly (number | null)[]): number[] => [
  ...encode(
    values.map((x) => ({ x })),
    [{ name: 'x', type: 'number' }],
  ).values,
];

test('numbers of any size are judged alike, with their squares beyond a double or below it', () => {
  const values = [1, 2, 3, 5, 8, null];
  const usual = encoded(values);
  expect(usual.every(Number.isFinite)).toBe(true);
  for (const power of [-1000, 510, 1000, 1020]) {
    expect(encoded(values.map((value) => value && value * 2 ** power))).toEqual(usual);
  }
});

test('infinite values and NaN are judged as missing', () => {
  expect(encoded([1, 2, Infinity, NaN])).toEqual(encoded([1, 2, null, null]));
});
