import { drawRows } from '../draw.js';
import { meanAbsolutePercentageError, meanError, meanSquaredError, medianAbsoluteError, r2 } from '../regression.js';
import { absoluteErrors } from './absolute-errors.js';
import { finiteNumber } from './cells.js';
import type { Figure, Sample, TaskFigures } from './task-figures.js';

export interface RegressionSample extends Sample {
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
}

type Pairs = (truth: Float64Array, predicted: Float64Array) => number | undefined;
const over =
  (of: Pairs): Figure<RegressionSample>['of'] =>
  ({ truth, predicted }, drawn) =>
    of(drawRows(truth, drawn), drawRows(predicted, drawn));

const figures: readonly Figure<RegressionSample>[] = [
  ...absoluteErrors(over),
  { name: 'r2', title: 'R²', better: 'larger', interval: 'bootstrap', of: over(r2) },
  {
    name: 'medianAbsoluteError',
    title: 'median absolute error',
    better: 'smaller',
    inUnits: true,
    interval: 'bootstrap',
    of: over(medianAbsoluteError),
  },
  {
    name: 'mape',
    title: 'mean absolute percentage error, as a share',
    better: 'smaller',
    interval: 'bootstrap',
    of: over(meanAbsolutePercentageError),
  },
  {
    name: 'meanError',
    title: 'mean error (predicted − true)',
    better: 'neither',
    inUnits: true,
    interval: 'bootstrap',
    of: over(meanError),
  },
  {
    name: 'mse',
    title: 'mean squared error, in the square of the unit',
    better: 'smaller',
    inUnits: true,
    interval: 'shared',
    of: over(meanSquaredError),
  },
];

/** A number for each row. */
export const regressionFigures: TaskFigures<
  { readonly type: 'regression'; readonly label: string },
  number,
  RegressionSample
> = {
  type: 'regression',
  figures,
  headlines: ['rmse', 'mae', 'r2'],
  slices: ['mae', 'rmse'],
  label: ({ label }) => label,
  truth: finiteNumber,
  truthIs: () => 'a number',
  samples: (truths, models) => {
    const truth = Float64Array.from(truths);
    return models.map(({ numbers }) => ({ units: truth.length, truth, predicted: numbers }));
  },
  served: (rows) => ({
    units: rows.length,
    truth: Float64Array.from(rows, ({ truth }) => truth),
    predicted: Float64Array.from(rows, ({ answer }) => Number((answer as { readonly value?: unknown } | null)?.value)),
  }),
};
