import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf } from './columns.js';

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 1.7e308, -1.7e308, 1 + Number.EPSILON, 1),
);

test('columns are in the order of their numbers, equal ones by row, whatever the numbers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.array(value, { minLength: 1, maxLength: 90 }), (width, numbers) => {
      const rows = Math.ceil(numbers.length / width);
      const features = Float64Array.from({ length: rows * width }, (_, at) => numbers[at] ?? 0);
      const { values, orders } = columnsOf({ rows, width, features });
      for (let j = 0; j < width; j++) {
        const column = Array.from({ length: rows }, (_, row) => features[row * width + j]! + 0);
        expect([...values[j]!]).toEqual(column);
        expect([...orders[j]!]).toEqual([...column.keys()].sort((a, b) => column[a]! - column[b]! || a - b));
      }
    }),
  );
});
