import { createHash } from 'node:crypto';
import { UserError } from '@trainyard/errors';
import { z } from 'zod';
import { modelKind, readyFeatures, unfit } from '../../../models/index.js';
import { loadLightgbm } from '../../kit/lightgbm.js';
import { laidOpen } from './lightgbm-trees.js';

/** The file of such a model: LightGBM's own text, which its other tools read as well. */
export const TREES_FILE = 'trees.txt';

const index = z.number().int().nonnegative();

/** What the text does not say, or not in our words. */
export const treesSettings = z.object({
  /** Features of a row. */
  width: index,
  /** Names of the features, in their order; in the text they are `Column_0` and so on, since LightGBM refuses some signs. */
  features: z.array(z.string()),
  /** Features that are categories: how many there are. Anything but 0 to that less 1 is scored as missing. */
  categories: z.array(z.tuple([index, index])),
  /** Numeric features that were never missing in training, and what stands in where they are missing later: the training median. */
  fills: z.array(z.tuple([index, z.number()])),
  /** Iterations that the text holds: up to the best. */
  iterations: index,
  /** SHA-256 of the text, in hexadecimal: LightGBM does not refuse a damaged text, it ends the process. */
  sha256: z.string(),
});
export type TreesSettings = z.output<typeof treesSettings>;

/** The digest of a model text that its settings keep. */
export const textDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Boosted trees or a forest of LightGBM, scored by its own library. */
export const trees = modelKind({
  name: 'trees',
  title: 'Boosted trees or a forest, by LightGBM',
  tasks: ['classification', 'regression', 'ranking'],
  settings: treesSettings,
  missing: true,
  async open({ task, settings, bytes }) {
    const text = new TextDecoder().decode(await bytes(TREES_FILE));
    const { width } = settings;
    if (textDigest(text) !== settings.sha256)
      throw new UserError(`the model's file ${TREES_FILE} is not the one that training wrote`, {
        where: { file: TREES_FILE },
        expected: `SHA-256 ${settings.sha256}`,
        actual: textDigest(text),
        remedy: 'take another copy of the model, or train it again',
      });
    const outputs = task.type === 'classification' ? task.classes.length : 1;
    const grown = outputs === 2 ? 1 : outputs;
    const booster = (await loadLightgbm()).load(text);
    if (booster.width !== width || booster.outputs !== grown || settings.features.length !== width) {
      const actual = `${booster.width} features, ${booster.outputs} trees an iteration`;
      booster.free();
      throw unfit("the model's trees do not fit its card", {
        expected: `${width} features, ${grown} trees an iteration`,
        actual,
      });
    }
    const ready = readiness(settings);
    // LightGBM divides a forest's sums by the iterations in its answers alone.
    const share = /^average_output$/m.test(text.slice(0, text.indexOf('\nTree='))) ? settings.iterations : 1;
    const summed = (as: 'raw' | 'contributions', features: Float64Array, rows: number): Float64Array =>
      booster.predict(as, ready(features, rows), rows).map((value) => value / share);
    return {
      takes: 'features',
      width,
      outputs,
      score(features, rows) {
        const given = ready(features, rows);
        const scores = rows === 1 ? booster.predictOne(given) : booster.predict('probability', given, rows);
        return outputs === 2 ? bothClasses(scores) : scores;
      },
      explain: {
        scores: grown,
        says: SCORES[task.type] ?? 'the answer',
        raw: (features, rows) => summed('raw', features, rows),
        contributions: (features, rows) => summed('contributions', features, rows),
      },
      dispose: () => booster.free(),
    };
  },
  async portable({ task, settings: { width, categories, fills }, bytes }) {
    const text = new TextDecoder().decode(await bytes(TREES_FILE));
    const two = task.type === 'classification' && task.classes.length === 2;
    return {
      width,
      categories,
      fills,
      trees: laidOpen(text),
      texts: {
        lightgbm: {
          files: { [TREES_FILE]: text },
          gives: two ? `the probability of "${task.classes[1]}"` : 'the numbers of an answer',
          answers: ([given]) => (two ? bothClasses(given!) : given!),
        },
      },
    };
  },
});

/** What raw scores are, by task; with objectives such as poisson answers are their powers of e. */
const SCORES: Readonly<Record<string, string>> = {
  classification: 'log odds',
  regression: 'the answer as the objective sums it',
  ranking: 'the score',
};

/** Probabilities of the first and the second class from those of the second. */
function bothClasses(second: Float64Array): Float64Array {
  const both = new Float64Array(second.length * 2);
  second.forEach((p, row) => {
    both[row * 2] = 1 - p;
    both[row * 2 + 1] = p;
  });
  return both;
}

/**
 * Features as LightGBM takes them: it would read category 2.9999 as 2 and -0.5 as 0, and a number that is missing now but never was
 * in training as 0.
 */
export function readiness({
  width,
  categories,
  fills,
}: Pick<TreesSettings, 'width' | 'categories' | 'fills'>): (features: Float64Array, rows: number) => Float64Array {
  return (features, rows) => readyFeatures({ width, categories, fills }, features, rows);
}
