import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import { applyTransform, featureNames, parseTransform, type FittedTransform } from '@trainyard/transforms';
import type { RecipeInput } from './recipe.js';
import type { FitReport } from './report.js';
import { fitFeaturesNode } from './worker.js';

const { csv, figures } = JSON.parse(await readFile(new URL('reference/rich.json', import.meta.url), 'utf8')) as {
  csv: string;
  figures: {
    variance: number[];
    'chi-squared': { scores: number[]; chances: number[] };
    anova: { scores: number[] };
    regression: { scores: number[] };
    'mutual information': number[];
    lasso: number[];
    'recursive elimination': boolean[];
  };
};
const table = await tableOf(csv);

interface Selected {
  readonly transform: FittedTransform;
  readonly report: FitReport;
  scores(by: string): number[];
}

async function selected(recipe: RecipeInput, of = table): Promise<Selected> {
  const done = await run(fitFeaturesNode, { params: { recipe }, inputs: { table: of } });
  const report = JSON.parse(await done.outputs['report']!.text('report.json')) as FitReport;
  return {
    transform: parseTransform(await done.outputs['transform']!.text('transform.json')),
    report,
    scores: (by) =>
      report.features.flatMap(({ scores }) => scores.filter((one) => one.by === by).map(({ score }) => score)),
  };
}

function close(actual: readonly number[], expected: readonly number[], digits = 9): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value / expected[i]! - 1), `at ${i}`).toBeLessThan(10 ** -digits));
}

const NUMBERS = ['x', 'y', 'few'].map((column) => ({ column, scale: 'none' as const }));
const COUNTS: RecipeInput = {
  numeric: [
    { column: 'x', scale: 'min-max' },
    { column: 'few', scale: 'none' },
  ],
  categorical: ['c'],
  label: 'kind',
};

test('variance, χ², F and mutual information are those of scikit-learn', async () => {
  const plain = await selected({
    numeric: NUMBERS,
    label: 'kind',
    select: [{ by: 'variance' }, { by: 'anova', most: 2 }],
  });
  close(plain.scores('variance'), figures.variance, 12);
  close(plain.scores('anova'), figures.anova.scores);
  expect(featureNames(plain.transform)).toEqual(['x', 'few']);
  const counted = await selected({ ...COUNTS, select: [{ by: 'chi-squared' }, { by: 'mutual information', most: 3 }] });
  close(counted.scores('chi-squared'), figures['chi-squared'].scores);
  const chances = counted.report.features.map(({ scores }) => scores[0]!.chance!);
  close(chances, figures['chi-squared'].chances, 7);
  close(counted.scores('mutual information').slice(1), figures['mutual information'], 9);
  const number = await selected({ numeric: NUMBERS, label: 'price', select: [{ by: 'anova', most: 1 }] });
  close(number.scores('anova'), figures.regression.scores);
  expect(featureNames(number.transform)).toEqual(['x']);
});

test('the weights of the lasso, and what recursive elimination leaves, are those of scikit-learn', async () => {
  const recipe: RecipeInput = { numeric: ['x', 'y', 'few'], categorical: ['c'], label: 'price' };
  const lasso = await selected({ ...recipe, select: [{ by: 'l1', penalty: 0.02 }] });
  lasso.scores('l1').forEach((weight, i) => expect(weight).toBeCloseTo(figures.lasso[i]!, 6));
  const rfe = await selected({ ...recipe, categorical: [], select: [{ by: 'recursive', most: 2 }] });
  expect(rfe.report.features.map(({ kept }) => kept)).toEqual(figures['recursive elimination']);
});

test('what is left out is left out for a row too: its columns are asked for no more', async () => {
  const recipe: RecipeInput = { ...COUNTS, derive: [{ kind: 'length', name: 'long', column: 'text' }] };
  const all = await selected(recipe);
  const some = await selected({ ...recipe, select: [{ by: 'mutual information', most: 3 }] });
  const kept = some.report.features.flatMap((feature, i) => (feature.kept ? [i] : []));
  expect(kept).toHaveLength(3);
  expect(featureNames(some.transform)).toEqual(kept.map((i) => featureNames(all.transform)[i]));
  for (const row of (await rowsOf(table)).slice(0, 20)) {
    const whole = applyTransform(all.transform, row);
    expect([...applyTransform(some.transform, row)]).toEqual(kept.map((i) => whole[i]));
  }
  const one = await selected({ ...recipe, select: [{ by: 'anova', most: 1 }] });
  expect(one.transform).toMatchObject({ format: 'trainyard.transform/1', steps: [{ column: 'x' }] });
});

/** `signal` says the label with little noise, `copy` says `signal`, `weak` something, `noise` and `flat` nothing. */
const MADE = await tableOf(
  [
    'signal,copy,weak,noise,flat,label',
    ...Array.from({ length: 400 }, (_, i) => {
      const wave = (by: number): number => Math.sin(i * by) + Math.sin(i * by * 1.618);
      const signal = wave(0.7);
      const weak = wave(1.9);
      return [signal, signal * 2 + 1 + wave(5.3) / 50, weak, wave(3.1), 1, 3 * signal + weak + wave(2.3) / 4].join(',');
    }),
    '',
  ].join('\n'),
);

test.each([
  [{ by: 'tree', most: 2 }, ['signal', 'copy']],
  [{ by: 'forward', most: 2 }, ['signal', 'weak']],
  [{ by: 'backward', most: 2 }, ['signal', 'weak']],
  [{ by: 'l1', penalty: 0.1 }, ['signal', 'weak']],
  [{ by: 'correlation' }, ['signal', 'weak', 'noise', 'flat']],
  [{ by: 'variance' }, ['signal', 'copy', 'weak', 'noise']],
] as const)('of a signal, its copy, a weak one and noise, %o keeps what it should', async (select, names) => {
  const { transform, report } = await selected({ rest: 'auto', label: 'label', select: [select] }, MADE);
  expect(featureNames(transform)).toEqual(names);
  expect(report.features).toHaveLength(5);
  expect(report.features.every(({ scores }) => scores.length === 1 && Number.isFinite(scores[0]!.score))).toBe(true);
});

test.each([
  [
    'χ² of negative features',
    { numeric: ['y'], label: 'kind', select: [{ by: 'chi-squared' }] },
    /"y" is negative somewhere/,
  ],
  ['χ² of a number', { ...COUNTS, label: 'price', select: [{ by: 'chi-squared' }] }, /has no classes to tell apart/],
  ['no label', { numeric: ['x'], select: [{ by: 'anova' }] }, /by anova looks at the label/],
  ['nothing left', { numeric: ['x'], label: 'kind', select: [{ by: 'anova', above: 1e9 }] }, /leaves no feature/],
])('a selection with %s is refused', async (_name, recipe, message) => {
  await expect(selected(recipe as RecipeInput)).rejects.toThrow(message);
});
