import { modelKind } from '../../../models/index.js';
import { laidOpen } from './lightgbm-trees.js';
import { rising } from './net-ends.js';
import { openTreeParts, treePartsSettings } from './tree-parts.js';

/**
 * Boosted trees for each quantile, scored by LightGBM. Answers of a row are put in rising order: models that are trained one by one may
 * cross, and sorting never makes them worse (Chernozhukov, Fernández-Val and Galichon 2010).
 */
export const quantileTrees = modelKind({
  name: 'quantile trees',
  title: 'Boosted trees or forests for quantiles, by LightGBM',
  tasks: ['quantiles'],
  settings: treePartsSettings,
  missing: true,
  async open({ task, settings, ...model }) {
    const { parts, width } = settings;
    const { opened, dispose } = await openTreeParts(settings, 'label' in task ? String(task.label) : '', model);
    const outputs = parts.length;
    return {
      takes: 'features',
      width,
      outputs,
      async score(features, rows) {
        const answers: Float64Array[] = [];
        for (const one of opened) answers.push(await one.score(features, rows));
        return inOrder(answers, rows);
      },
      dispose,
    };
  },
  async portable({ settings: { parts, width, categories, fills }, bytes }) {
    const texts = await Promise.all(parts.map(async ({ file }) => new TextDecoder().decode(await bytes(file))));
    const outputs = parts.length;
    return {
      width,
      categories,
      fills,
      trees: {
        scores: outputs,
        trees: texts.flatMap((text, k) =>
          laidOpen(text).trees.map(({ splits, leaves }) => ({
            splits,
            leaves: leaves.map(([one]) => [[k, one![1]] as const]),
          })),
        ),
        answers: (tf, scores) => rising(tf, scores, outputs),
      },
      texts: {
        lightgbm: {
          files: Object.fromEntries(parts.map(({ file }, i) => [file, texts[i]!])),
          gives: 'of each file its quantile; those of a row are put in rising order',
          answers: (given, rows) => inOrder(given, rows),
        },
      },
    };
  },
});

/** Numbers of several models `[rows]` each as rows of rising numbers. */
function inOrder(given: readonly Float64Array[], rows: number): Float64Array {
  const outputs = given.length;
  const all = new Float64Array(rows * outputs);
  given.forEach((answers, k) => answers.forEach((answer, row) => (all[row * outputs + k] = answer)));
  for (let row = 0; row < rows; row++) all.subarray(row * outputs, (row + 1) * outputs).sort();
  return all;
}
