import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureLightgbm } from '../../../setup/lightgbm.js';
import { loadLightgbm, type DatasetRows, type Lightgbm, type Parameters } from '../../kit/lightgbm.js';
import { linkOf } from './segments.js';
import { growTrees, type Growth } from './boosting.js';
import { logLossOf, numberLoss } from './loss.js';
import { numbersOf, penguins } from './penguins.test-part.js';

interface Case {
  readonly name: string;
  readonly label: string;
  readonly features: readonly string[];
  readonly categories: readonly number[];
  readonly parameters: Parameters & { readonly num_iterations: number; readonly num_class?: number };
  readonly model: string;
  readonly predictions: string;
  readonly contributions: string;
  readonly first: readonly number[];
}
/** Made by make-lightgbm.py with Python's lightgbm of the same version. */
const reference = JSON.parse(readFileSync(new URL('reference/lightgbm.json', import.meta.url), 'utf8')) as {
  readonly versions: { readonly lightgbm: string };
  readonly seed: number;
  readonly cases: readonly Case[];
};

let lightgbm: Lightgbm;
beforeAll(async () => {
  await ensureLightgbm();
  lightgbm = await loadLightgbm();
}, 60_000);

const digest = (of: string | Float64Array): string =>
  createHash('sha256')
    .update(typeof of === 'string' ? of : new Uint8Array(of.buffer, of.byteOffset, of.byteLength))
    .digest('hex');

function rowsOf({ label, features }: Case): DatasetRows {
  const rows = penguins.filter((row) => row[label] !== 'NA');
  const columns = features.map((name) => numbersOf(rows, name));
  return {
    rows: rows.length,
    width: features.length,
    features: Float64Array.from(rows.flatMap((_, row) => columns.map((column) => column[row]!))),
    labels: Float32Array.from(numbersOf(rows, label)),
  };
}

function growthOf(one: Case, more: Partial<Growth> = {}): Growth {
  const classes = one.parameters.num_class;
  return {
    lightgbm,
    train: rowsOf(one),
    validation: undefined,
    outputs: classes ?? 1,
    loss: one.label === 'body_mass_g' ? numberLoss(String(one.parameters['objective']), 0.8) : logLossOf(classes ?? 2),
    forest: one.parameters['boosting'] === 'rf',
    link: linkOf(String(one.parameters['objective'])),
    parameters: {
      ...one.parameters,
      categorical_feature: one.categories as number[],
      deterministic: true,
      force_row_wise: true,
    },
    iterations: one.parameters.num_iterations,
    segment: 0,
    patience: 0,
    minDelta: 0,
    seed: reference.seed,
    threads: 1,
    fingerprint: 'a',
    ...more,
  };
}

function surroundings(kept?: { bytes?: Uint8Array | undefined; saves: number }, dieAfter = Infinity) {
  return {
    log: () => undefined,
    progress: () => undefined,
    report: async () => undefined,
    signal: new AbortController().signal,
    checkpoint: {
      load: async () => kept?.bytes,
      save: async (bytes: Uint8Array) => {
        if (!kept) return;
        kept.bytes = bytes;
        if (++kept.saves >= dieAfter) throw new Error('killed');
      },
    },
  };
}

test('the library is of the version of the reference', () => {
  expect(lightgbm.version).toBe(reference.versions.lightgbm);
});

describe.each(reference.cases)('$name', (one) => {
  test.each(one.parameters['data_sample_strategy'] === 'goss' ? [1] : [1, 2])(
    "on %i threads is the model of Python's lightgbm byte for byte, and answers and explains with the same bits",
    async (threads) => {
      const grown = await growTrees(growthOf(one, { threads }), surroundings());
      const booster = lightgbm.load(grown.text);
      const { features, rows } = rowsOf(one);
      const answers = booster.predict('probability', features, rows, threads);
      expect([...answers.subarray(0, one.first.length)]).toEqual(one.first);
      expect(digest(answers)).toBe(one.predictions);
      expect(digest(booster.predict('contributions', features, rows))).toBe(one.contributions);
      booster.free();
      expect(digest(grown.text)).toBe(one.model);
    },
  );

  test('in segments, killed after each of them and resumed, is equal to unbroken growth byte for byte', async () => {
    const settings = { segment: 7, iterations: 24 };
    const unbroken = await growTrees(growthOf(one, settings), surroundings());
    const kept = { saves: 0, bytes: undefined as Uint8Array | undefined };
    for (const _ of [1, 2, 3]) {
      kept.saves = 0;
      await expect(growTrees(growthOf(one, settings), surroundings(kept, 1))).rejects.toThrow('killed');
    }
    const resumed = await growTrees(growthOf(one, settings), surroundings(kept));
    expect(resumed).toEqual(unbroken);
    expect(unbroken.history).toHaveLength(24);
  });

  test('the scores that training watched are those that the finished model gives', async () => {
    const growth = growthOf(one, { segment: 9, iterations: 20 });
    const { text, history } = await growTrees(growth, surroundings());
    const booster = lightgbm.load(text);
    const { features, rows, labels } = growth.train;
    const answers = booster.predict('probability', features, rows);
    const byOutput = Float64Array.from({ length: answers.length }, (_, at) => {
      const [k, row] = [Math.floor(at / rows), at % rows];
      return answers[row * growth.outputs + k]!;
    });
    booster.free();
    expect(growth.loss.of(byOutput, labels)).toBeCloseTo(history.at(-1)!.trainLoss!, 9);
  });

  test("a row's SHAP values sum to its raw score, in every row", async () => {
    const { text } = await growTrees(growthOf(one, { segment: 0, iterations: 20 }), surroundings());
    const { features, rows, width } = rowsOf(one);
    const booster = lightgbm.load(text);
    const { outputs } = booster;
    const raw = booster.predict('raw', features, rows);
    const parts = booster.predict('contributions', features, rows);
    booster.free();
    // A forest's raw score is a sum over its trees, of which its answer takes the mean.
    for (let at = 0; at < rows * outputs; at++) {
      const sum = parts.subarray(at * (width + 1), (at + 1) * (width + 1)).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - raw[at]!)).toBeLessThan(1e-11 * Math.max(1, Math.abs(raw[at]!)));
    }
  });
});
