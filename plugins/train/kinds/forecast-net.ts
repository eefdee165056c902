import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { unfit } from '../../../models/index.js';
import { inOrder } from '../net/tasks/series.js';
import { layeredArchitecture, layeredOperations, openLayered } from './layered-net.js';
import { stepsRising } from './net-ends.js';
import { columnsAt, filledWith, rowOf } from './operations.js';
import { tensorKind } from './tensor-kind.js';

const place = z.number().int().nonnegative();

/** What a net makes of a window before it looks at it. */
const arrangement = z.object({
  /** Shape of what the net takes. */
  input: z.array(z.number().int().positive()).min(1).max(2),
  /** Of each number that it takes the feature. */
  places: z.array(place).min(1),
  /** Of each feature what is taken off, and by what it is divided then; what is missing is 0 afterwards. */
  centers: z.array(z.number()),
  scales: z.array(z.number().positive()),
});
export type Arrangement = z.output<typeof arrangement>;

export const forecastNetArchitecture = z.object({
  takes: arrangement,
  net: layeredArchitecture,
  /** Of each step the feature that is added to what the net says; none where it says the value itself. */
  levels: z.array(place).optional(),
  /** What is added where that feature is missing: the mean of the training values. */
  fallback: z.number(),
});
export type ForecastNetArchitecture = z.output<typeof forecastNetArchitecture>;

/** Features `[rows, width]` as the net takes them, `[rows, places]`. */
export function arranged(
  { places, centers, scales }: Arrangement,
  features: Float64Array,
  rows: number,
  width: number,
): Float64Array {
  const made = new Float64Array(rows * places.length);
  for (let row = 0; row < rows; row++)
    places.forEach((at, i) => {
      const value = features[row * width + at]!;
      made[row * places.length + i] = Number.isNaN(value) ? 0 : (value - centers[at]!) / scales[at]!;
    });
  return made;
}

/** What is added to the steps of each row, `[rows, horizon]`. */
export function levelsOf(
  { levels, fallback }: Pick<ForecastNetArchitecture, 'levels' | 'fallback'>,
  features: Float64Array,
  rows: number,
  width: number,
  horizon: number,
): Float64Array {
  return Float64Array.from({ length: rows * horizon }, (_, i) => {
    if (!levels) return 0;
    const value = features[Math.floor(i / horizon) * width + levels[i % horizon]!]!;
    return Number.isNaN(value) ? fallback : value;
  });
}

/** A net over windows of a series: all steps ahead at once, and their quantiles, in rising order. */
export const forecastNet = tensorKind({
  name: 'forecast net',
  title: 'Neural net over windows of a series',
  tasks: ['forecasting'],
  architecture: forecastNetArchitecture,
  missing: true,
  async open(architecture, tensors, task) {
    if (task.type !== 'forecasting') throw unfit('a net that forecasts has a task of type forecasting');
    const { takes, net, levels } = architecture;
    const { horizon, quantiles = [] } = task;
    const inner = await openLayered(net, tensors);
    if (inner.outputs !== horizon * (1 + quantiles.length) || (levels && levels.length !== horizon))
      throw unfit('the net does not fit the steps and quantiles of the task', {
        expected: `${horizon * (1 + quantiles.length)} numbers`,
        actual: `${inner.outputs} numbers`,
      });
    const width = takes.centers.length;
    return {
      ...inner,
      width,
      score(features, rows) {
        const answers = inner.score(arranged(takes, features, rows, width), rows);
        const added = levelsOf(architecture, features, rows, width, horizon);
        for (let i = 0; i < answers.length; i++)
          answers[i]! += added[Math.floor(i / inner.outputs) * horizon + (i % horizon)]!;
        return inOrder(answers, horizon, quantiles.length);
      },
    };
  },
  portable({ takes, net, levels, fallback }, tensors, task) {
    const { horizon, quantiles = [] } = task as { horizon: number; quantiles?: readonly number[] };
    const { places, centers, scales } = takes;
    return {
      width: centers.length,
      operations(tf, features) {
        const standard = features.sub<Tensor2D>(rowOf(tf, centers)).div<Tensor2D>(rowOf(tf, scales));
        const filled = tf.where(features.isNaN(), features.zerosLike(), standard);
        const scores = layeredOperations(tf, net, tensors, columnsAt(tf, filled, places));
        const blocks = Array.from({ length: 1 + quantiles.length }, (_, k) =>
          scores.slice([0, k * horizon], [-1, horizon]),
        );
        const level = levels && columnsAt(tf, filledWith(tf, features, fallback), levels);
        const [point, ...others] = level ? blocks.map((block) => block.add<Tensor2D>(level)) : blocks;
        return tf.concat2d([point!, ...stepsRising(tf, others, horizon)], 1);
      },
    };
  },
});
