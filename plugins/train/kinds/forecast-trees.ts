import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { modelKind, unfit } from '../../../models/index.js';
import { laidOpen } from './lightgbm-trees.js';
import { stepsRising } from './net-ends.js';
import { columnsAt, filledWith } from './operations.js';
import { openTreeParts, treePartsSettings } from './tree-parts.js';

const place = z.number().int().nonnegative();

/** What the trees of all steps share, and of each its text: first those of the steps, then those of the steps of each quantile. */
export const forecastTreesSettings = treePartsSettings.extend({
  /** Of each step the feature that is added to what its trees say; none where they say the value itself. */
  levels: z.array(place).optional(),
  /** What is added where that feature is missing: the mean of the training values. */
  fallback: z.number(),
});
export type ForecastTreesSettings = z.output<typeof forecastTreesSettings>;

/** Boosted trees for each step ahead and each quantile of it. The quantiles of a step are put in rising order. */
export const forecastTrees = modelKind({
  name: 'forecast trees',
  title: 'Boosted trees for each step ahead, by LightGBM',
  tasks: ['forecasting'],
  settings: forecastTreesSettings,
  missing: true,
  async open({ task, settings: { levels, fallback, ...settings }, ...model }) {
    if (task.type !== 'forecasting') throw unfit('trees that forecast have a task of type forecasting');
    const { horizon, quantiles = [] } = task;
    const { parts, width } = settings;
    if (parts.length !== horizon * (1 + quantiles.length) || (levels && levels.length !== horizon))
      throw unfit('the trees do not fit the steps and quantiles of the task', {
        expected: `${horizon * (1 + quantiles.length)} texts`,
        actual: `${parts.length} texts`,
      });
    const { opened, dispose } = await openTreeParts(settings, task.label, model);
    const outputs = parts.length;
    return {
      takes: 'features',
      width,
      outputs,
      async score(features, rows) {
        const all = new Float64Array(rows * outputs);
        for (const [k, one] of opened.entries()) {
          const answers = await one.score(features, rows);
          const level = levels?.[k % horizon];
          for (let row = 0; row < rows; row++) {
            const added = level === undefined ? 0 : features[row * width + level]!;
            all[row * outputs + k] = answers[row]! + (Number.isNaN(added) ? fallback : added);
          }
        }
        const column = new Float64Array(quantiles.length);
        for (let row = 0; row < rows && quantiles.length > 1; row++)
          for (let step = 0; step < horizon; step++) {
            const at = (k: number): number => row * outputs + (1 + k) * horizon + step;
            quantiles.forEach((_, k) => (column[k] = all[at(k)]!));
            column.sort();
            column.forEach((value, k) => (all[at(k)] = value));
          }
        return all;
      },
      dispose,
    };
  },
  async portable({ task, settings: { parts, width, categories, fills, levels, fallback }, bytes }) {
    if (task.type !== 'forecasting') throw unfit('trees that forecast have a task of type forecasting');
    const { horizon } = task;
    const blocks = parts.length / horizon;
    const texts = await Promise.all(parts.map(async ({ file }) => new TextDecoder().decode(await bytes(file))));
    return {
      width,
      categories,
      fills,
      trees: {
        scores: parts.length,
        trees: texts.flatMap((text, k) =>
          laidOpen(text).trees.map(({ splits, leaves }) => ({
            splits,
            leaves: leaves.map(([one]) => [[k, one![1]] as const]),
          })),
        ),
        answers: (_tf, scores) => scores,
        answersWith(tf, scores, features) {
          const level = levels && columnsAt(tf, filledWith(tf, features, fallback), levels);
          const [point, ...others] = Array.from({ length: blocks }, (_, k) => {
            const block = scores.slice([0, k * horizon], [-1, horizon]);
            return level ? block.add<Tensor2D>(level) : block;
          });
          return tf.concat2d([point!, ...stepsRising(tf, others, horizon)], 1);
        },
      },
    };
  },
});
