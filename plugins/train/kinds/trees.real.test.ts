import { beforeAll, describe, expect, test } from 'vitest';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { openScorer, type ModelTask } from '../../../models/index.js';
import { modelKindCases, type ModelKindExample } from '../../../worker/testing/index.js';
import type { FittedTransform } from '@trainyard/transforms';
import { loadLightgbm } from '../../kit/lightgbm.js';
import { numbersOf, penguins } from '../trees/penguins.test-part.js';
import { textDigest, trees, TREES_FILE, treesSettings, type TreesSettings } from './trees.js';

const COLUMNS = ['island', 'bill_length_mm', 'bill_depth_mm', 'flipper_length_mm'] as const;
const islands = ['Biscoe', 'Dream', 'Torgersen'];
const transform: FittedTransform = {
  format: 'trainyard.transform/2',
  rows: penguins.length,
  steps: COLUMNS.map((column) =>
    column === 'island'
      ? { kind: 'pass', column, type: 'category', categories: islands }
      : { kind: 'pass', column, type: 'number' },
  ),
};
const settings: Omit<TreesSettings, 'sha256'> = {
  width: 4,
  features: [...COLUMNS],
  categories: [[0, 3]],
  fills: [[3, 197]],
  iterations: 8,
};

const tasks: { task: ModelTask; label: string; objective: string }[] = [
  { task: { type: 'classification', label: 'sex', classes: ['female', 'male'] }, label: 'sex', objective: 'binary' },
  {
    task: { type: 'classification', label: 'species', classes: ['Adelie', 'Chinstrap', 'Gentoo'] },
    label: 'species',
    objective: 'multiclass',
  },
  { task: { type: 'regression', label: 'body_mass_g' }, label: 'body_mass_g', objective: 'regression' },
];

beforeAll(async () => void (await ensureLightgbm()), 60_000);

/** A small model of 8 iterations on the penguins that have all measurements. */
async function exampleOf(
  { task, label, objective }: (typeof tasks)[number],
  more: object = {},
): Promise<ModelKindExample> {
  const lightgbm = await loadLightgbm();
  const rows = penguins.filter((row) => row[label] !== 'NA' && row['flipper_length_mm'] !== 'NA');
  const columns = COLUMNS.map((name) => numbersOf(rows, name));
  const parameters = {
    objective,
    num_class: objective === 'multiclass' ? 3 : undefined,
    categorical_feature: [0],
    deterministic: true,
    force_row_wise: true,
    verbosity: -1,
    num_threads: 1,
    ...more,
  };
  const features = Float64Array.from(rows.flatMap((_, row) => columns.map((column) => column[row]!)));
  const labels = Float32Array.from(numbersOf(rows, label));
  const data = lightgbm.dataset({ rows: rows.length, width: 4, features, labels }, parameters);
  const booster = lightgbm.booster(data, parameters);
  for (let i = 0; i < 8; i++) booster.grow();
  const text = booster.text();
  booster.free();
  data.free();
  return {
    kind: trees,
    task,
    settings: { ...settings, sha256: textDigest(text) } as unknown as ModelKindExample['settings'],
    files: { [TREES_FILE]: text },
    transform,
    rows: [
      { island: 'Dream', bill_length_mm: 40, bill_depth_mm: 18, flipper_length_mm: 190 },
      { island: 'Elsewhere', bill_length_mm: null, bill_depth_mm: 15.5, flipper_length_mm: 220 },
      { island: null, bill_length_mm: 50, bill_depth_mm: null, flipper_length_mm: null },
      { island: 'Biscoe', bill_length_mm: 47, bill_depth_mm: 14, flipper_length_mm: 215 },
    ],
  };
}

describe.each(tasks)('the model kind "trees" for $label', (one) => {
  for (const promise of modelKindCases) test(promise.name, async () => promise.run(await exampleOf(one)));

  test('scores a category that is none as missing, and a number that was never missing by its training median', async () => {
    const example = await exampleOf(one);
    const given = [1, 45, 17, 200];
    const answers = (features: number[]): Promise<number[]> =>
      openScorer(example, async (score) => [...(await score(Float64Array.from(features), features.length / 4))]);
    const missing = await answers([NaN, 45, 17, 200]);
    for (const none of [-0.5, 0.2, 2.9999, 3, -1, Infinity, 1e20])
      expect(await answers([none, 45, 17, 200]), `category ${none}`).toEqual(missing);
    expect(await answers([1, 45, 17, NaN])).toEqual(await answers([1, 45, 17, 197]));
    expect(await answers([1, 45, 17, NaN])).not.toEqual(await answers([1, 45, 17, 0]));
    expect(await answers([...given, ...given])).toEqual([...(await answers(given)), ...(await answers(given))]);
  });

  test('a card that does not fit the trees is refused in words', async () => {
    const example = await exampleOf(one);
    const wrong = {
      ...example,
      settings: { ...(example.settings as object), width: 5 } as unknown as ModelKindExample['settings'],
    };
    await expect(openScorer(wrong, () => 0)).rejects.toThrow(/do not fit its card[\s\S]*5 features/);
  });

  test('a text that was changed or cut is refused before the library, which would end the process, sees it', async () => {
    const example = await exampleOf(one);
    const text = String(example.files[TREES_FILE]);
    const lightgbm = await loadLightgbm();
    for (const given of [text.slice(0, 1500), text.slice(0, -30), text.replace(/^leaf_value=.*$/m, 'leaf_value=1')]) {
      const damaged = { ...example, files: { [TREES_FILE]: given } };
      await expect(openScorer(damaged, () => 0)).rejects.toThrow('is not the one that training wrote');
      expect(() => lightgbm.load(given)).toThrow('no whole model');
    }
  });
});

/** What answers follow from raw scores. */
const answersOf: Record<string, (raw: readonly number[]) => number[]> = {
  binary: ([one]) => [1 - 1 / (1 + Math.exp(-one!)), 1 / (1 + Math.exp(-one!))],
  multiclass: (raw) => {
    const powers = raw.map(Math.exp);
    return powers.map((power) => power / powers.reduce((a, b) => a + b, 0));
  },
  regression: (raw) => [...raw],
};

test.each(tasks)(
  'contributions in a forest for $label sum to what is answered, not to as many times it as there are iterations',
  async (one) => {
    const forest = { boosting: 'rf', bagging_freq: 1, bagging_fraction: 0.7 };
    const { settings, files } = await exampleOf(one, forest);
    const scorer = await trees.open({
      task: one.task,
      settings: treesSettings.parse(settings),
      inputs: [],
      bytes: async (file) => new TextEncoder().encode(String(files[file])),
      path: async (file) => file,
    });
    if (scorer.takes !== 'features') throw new Error('trees take features');
    const features = Float64Array.of(1, 40, 18, 190, 0, 47, 14, 215);
    const answers = await scorer.score(features, 2);
    const added = scorer.explain!.contributions(features, 2);
    const raw = [...scorer.explain!.raw(features, 2)];
    const sums = raw.map((_, i) => added.subarray(i * 5, i * 5 + 5).reduce((a, b) => a + b, 0));
    const of = raw.length / 2;
    const given = [sums.slice(0, of), sums.slice(of)].flatMap((scores) => answersOf[one.objective]!(scores));
    given.forEach((value, i) => expect(value / answers[i]!).toBeCloseTo(1, 8));
    sums.forEach((value, i) => expect(value / raw[i]!).toBeCloseTo(1, 8));
    await scorer.dispose?.();
  },
);
