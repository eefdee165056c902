import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database, sql, type Column, type TableRow } from '@trainyard/tables';
import {
  applyTransform,
  featureNames,
  featuresQuery,
  kindOf,
  parseTransform,
  STEP_KINDS,
  type FittedTransform,
  type TransformStep,
} from './index.js';
import { CASES } from './steps/cases.test-part.js';

const ROWS = 10_000;
const COLUMNS: readonly Column[] = [
  { name: '_row', type: 'text' },
  { name: 'n', type: 'number' },
  { name: 'm', type: 'number' },
  { name: 'i', type: 'integer' },
  { name: 't', type: 'text' },
  { name: 'b', type: 'boolean' },
  { name: 's', type: 'timestamp' },
  { name: 'd', type: 'date' },
];

const missing = fc.constant(null);
const number = fc.oneof(
  { arbitrary: fc.double({ min: -100, max: 100, noNaN: true }), weight: 4 },
  { arbitrary: fc.integer({ min: -3, max: 9 }), weight: 4 },
  { arbitrary: fc.double(), weight: 2 },
  {
    arbitrary: fc.constantFrom(0, -0, 1e308, -1e308, 1e300, 1e21, 5e-324, Infinity, -Infinity, NaN, -1.5, 2.5, 0.1),
    weight: 3,
  },
  { arbitrary: missing, weight: 1 },
);
const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', "a'b", '7', 'x', 'é', 'constructor', '__proto__', 'nul\0'),
  fc
    .array(
      fc.constantFrom('the', 'The', 'cat', 'cat', 'sat', 'ÉCOLE', 'école', 'İ', 'ß', '-', ',', '日本', '😀', '3.5'),
      { maxLength: 8 },
    )
    .map((words) => words.join(' ')),
  fc.string({ unit: 'grapheme' }),
  missing,
);
const time = fc.oneof(
  {
    arbitrary: fc
      .date({ min: new Date('1200-01-01'), max: new Date('2300-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    weight: 4,
  },
  {
    arbitrary: fc.constantFrom(
      '2024-02-29T00:00:00.000Z',
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.000Z',
      '2024-12-25T10:00:00.000Z',
    ),
    weight: 1,
  },
  { arbitrary: missing, weight: 1 },
);
const row = fc.record({
  n: number,
  m: number,
  i: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.maxSafeInteger(), missing),
  t: text,
  b: fc.oneof(fc.boolean(), missing),
  s: time,
  d: time.map((value) => value?.slice(0, 10) ?? null),
});

let database: Database;
let rows: TableRow[];
beforeAll(async () => {
  database = await Database.open();
  const drawn = fc.sample(row, { numRuns: ROWS, seed: 23 });
  await database.insert(
    'given',
    COLUMNS,
    drawn.map((one, i) => ({ _row: String(i), ...one })),
  );
  rows = await database.rows(sql`FROM given`);
});
afterAll(() => database.close());

/** A transform as it is opened, which knows its columns' types. */
function opened(steps: FittedTransform['steps']): FittedTransform {
  const columns = COLUMNS.filter(({ name }) => name !== '_row');
  return parseTransform(JSON.stringify({ format: 'trainyard.transform/3', columns, rules: [], steps, rows: 1 }));
}

/** The steps whose columns a step reads, in order. */
function madeFor(step: TransformStep, steps: readonly TransformStep[]): TransformStep[] {
  const read = new Set(
    kindOf(step)
      .reads(step)
      .map(({ column }) => column),
  );
  return steps.flatMap((one) => {
    const kind = kindOf(one);
    return kind.gives === 'column' && read.has(kind.column(one).name) ? [...madeFor(one, steps), one] : [];
  });
}

/** Features of a query, row after row. */
async function featuresBySql(transform: FittedTransform): Promise<Float64Array> {
  const { query, features, unreadable, absent } = featuresQuery(transform, sql`given`, COLUMNS);
  expect({ unreadable, absent }).toEqual({ unreadable: [], absent: [] });
  const all = new Float64Array(ROWS * features.length);
  let at = 0;
  for await (const { rows: count, columns } of database.columnBatches(query))
    for (let row = 0; row < count; row++) for (const column of columns) all[at++] = column[row] as number;
  expect(at).toBe(all.length);
  return all;
}

/** As near as a kind of step says that its features are. */
const near = (a: number, b: number, slack: number): boolean => Math.abs(a - b) <= 2 ** -50 * (Math.abs(a) + slack);

describe(`single rows and SQL over ${ROWS} random rows, missing, unknown and extreme ones among them`, () => {
  test.each(CASES)('give the same features by the steps of the kind $name', async ({ steps }) => {
    for (const step of steps) {
      const transform = opened([...madeFor(step, steps), step]);
      const width = featureNames(transform).length;
      if (width === 0) continue;
      const batch = await featuresBySql(transform);
      const slack = kindOf(step).slack?.(step);
      expect(batch.length).toBe(ROWS * width);
      const seen = new Set<number>();
      rows.forEach((one, i) => {
        const single = applyTransform(transform, one);
        single.forEach((value, j) => {
          const other = batch[i * width + j]!;
          seen.add(value);
          if (Object.is(value, other) || (slack !== undefined && near(value, other, slack))) return;
          throw new Error(
            `${JSON.stringify(step).slice(0, 200)}, feature ${j} of ${JSON.stringify(one)}: ${value} alone, ${other} by SQL`,
          );
        });
      });
      // A step that gave one number for all rows would agree with anything.
      expect(seen.size, JSON.stringify(step)).toBeGreaterThan(1);
    }
  });
});

test('every kind of step is among the cases', () => {
  const named = new Set(CASES.flatMap(({ steps }) => steps.map(({ kind }) => kind)));
  expect([...named].sort()).toEqual(STEP_KINDS.map(({ kind }) => kind).sort());
});
