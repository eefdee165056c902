import { meanAbsoluteError, rootMeanSquaredError } from '../regression.js';
import type { Figure, Sample } from './task-figures.js';

/** The mean absolute and the root mean squared error; `over` takes true and predicted numbers out of a task's sample. */
export function absoluteErrors<S extends Sample>(
  over: (of: (truth: Float64Array, predicted: Float64Array) => number) => Figure<S>['of'],
): readonly Figure<S>[] {
  const error = { better: 'smaller', inUnits: true, interval: 'bootstrap' } as const;
  return [
    { name: 'mae', title: 'mean absolute error', ...error, of: over(meanAbsoluteError) },
    { name: 'rmse', title: 'root mean squared error', ...error, of: over(rootMeanSquaredError) },
  ];
}
