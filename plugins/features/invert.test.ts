import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyTransform, featureNames, parseTransform, type FittedTransform } from '@trainyard/transforms';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { RecipeInput } from './recipe.js';
import { fitFeaturesNode } from './worker.js';

type PowerStep = Extract<FittedTransform['steps'][number], { kind: 'power' }>;
type Row = Readonly<Record<string, number | string | null>>;
interface Fitted {
  readonly transform: FittedTransform;
  readonly rows: readonly Row[];
  /** A row's features by name. */
  of(row: Row): Readonly<Record<string, number>>;
}

/** Fits a recipe on rows of a number, a positive number, an hour and a word, some of them missing. */
async function fitted(recipe: RecipeInput, seed: number): Promise<Fitted> {
  const number = fc.double({ noNaN: true, min: -1e4, max: 1e4 }).map((x) => x.toFixed(3));
  const positive = fc.double({ noNaN: true, min: 0.01, max: 1e4 }).map((x) => x.toFixed(3));
  const cells = fc.tuple(
    fc.option(number, { nil: '', freq: 8 }),
    fc.option(positive, { nil: '', freq: 8 }),
    fc.integer({ min: 0, max: 23 }).map(String),
    fc.constantFrom('a', 'B', 'c d', 'é', ''),
  );
  const lines = fc.sample(cells, { numRuns: 400, seed }).map((line, i) => [...line, i].join(','));
  const table = await tableOf(`x,p,hour,word,id\n${lines.join('\n')}\n`);
  const { outputs } = await run(fitFeaturesNode, {
    params: { recipe: { rest: 'drop', ...recipe } },
    inputs: { table },
  });
  const transform = parseTransform(await outputs['transform']!.text('transform.json'));
  const names = featureNames(transform);
  const of = (row: Row) => {
    const features = applyTransform(transform, row);
    return Object.fromEntries(names.map((name, i) => [name, features[i]!]));
  };
  return { transform, rows: (await rowsOf(table)) as unknown as Row[], of };
}

/** The number that a power gave another for. */
function lowered({ method, lambda, offset }: PowerStep, raised: number): number {
  const root = (value: number, power: number): number =>
    power === 0 ? Math.exp(value) : Math.pow(value * power + 1, 1 / power);
  if (method !== 'yeo-johnson') return root(raised, lambda) - offset;
  return raised >= 0 ? root(raised, lambda) - 1 : 1 - root(-raised, 2 - lambda);
}

const near = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(expected)));

test.each(['standard', 'min-max', 'robust', 'none'] as const)(
  'what is scaled (%s) comes back, and missing cells as their fill',
  async (scale) => {
    const { transform, rows, of } = await fitted({ numeric: [{ column: 'x', scale }] }, 3);
    const [step] = transform.steps;
    if (step?.kind !== 'numeric') throw new Error('no numeric step');
    for (const row of rows) near(of(row)['x']! * step.scale + step.center, (row['x'] as number | null) ?? step.fill);
  },
);

test.each(['log', 'box-cox', 'yeo-johnson'] as const)('what is raised to a power (%s) comes back', async (shape) => {
  const column = shape === 'yeo-johnson' ? 'x' : 'p';
  const { transform, rows, of } = await fitted({ numeric: [{ column, shape }] }, 5);
  const [step] = transform.steps;
  if (step?.kind !== 'power') throw new Error('no step of a power');
  const [name = ''] = featureNames(transform);
  for (const row of rows)
    near(lowered(step, of(row)[name]! * step.scale + step.center), (row[column] as number | null) ?? step.fill);
});

test('the place on a circle comes back', async () => {
  const { rows, of } = await fitted({ cyclic: [{ column: 'hour', period: 24 }] }, 7);
  for (const row of rows) {
    const { 'sine of hour': sine = NaN, 'cosine of hour': cosine = NaN } = of(row);
    expect(((Math.atan2(sine, cosine) / (2 * Math.PI)) * 24 + 24) % 24).toBeCloseTo(row['hour'] as number, 9);
  }
});

test.each(['one-hot', 'ordinal'] as const)(
  'categories that are encoded (%s) come back from what tells them apart',
  async (encode) => {
    const { transform, rows, of } = await fitted({ categorical: [{ column: 'word', encode }] }, 9);
    const seen = new Map<string, string>();
    for (const row of rows) {
      const word = String(row['word']);
      const said = JSON.stringify(Object.entries(of(row)));
      expect(seen.get(said) ?? word).toBe(word);
      seen.set(said, word);
    }
    expect(seen.size).toBe(5);
    if (encode === 'one-hot')
      for (const row of rows.filter(({ word }) => word !== null)) expect(of(row)[`word=${row['word']}`]).toBe(1);
    expect(transform.rows).toBe(400);
  },
);

test.each(['box-cox', 'yeo-johnson'] as const)(
  'missing cells counted as a value when λ was looked for (%s): it is that of the known ones',
  async (shape) => {
    const values = Array.from({ length: 300 }, (_, i) => String(Math.exp(((i * 37) % 300) / 60) - 0.5));
    const lambdaOf = async (lines: readonly string[]): Promise<number> => {
      const table = await tableOf(`x,id\n${lines.map((line, i) => `${line},${i}`).join('\n')}\n`);
      const params = { recipe: { numeric: [{ column: 'x', shape }], rest: 'drop' } };
      const { outputs } = await run(fitFeaturesNode, { params, inputs: { table } });
      return (parseTransform(await outputs['transform']!.text('transform.json')).steps[0] as PowerStep).lambda;
    };
    expect(await lambdaOf([...values, ...values.map(() => '')])).toBe(await lambdaOf(values));
  },
);
