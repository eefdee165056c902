import { drawRows } from '../draw.js';
import { smape } from '../forecast-error.js';
import { meanAbsoluteError } from '../regression.js';
import { absoluteErrors } from './absolute-errors.js';
import { jsonList } from './cells.js';
import type { Figure, Sample, TaskFigures } from './task-figures.js';

export interface ForecastingSample extends Sample {
  readonly horizon: number;
  /** `[rows, horizon]`. */
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
  /** Mean absolute error of the naive forecast in training; undefined where it is not known. */
  readonly scale: number | undefined;
}

type Steps = (truth: Float64Array, predicted: Float64Array, sample: ForecastingSample) => number | undefined;
const over =
  (of: Steps): Figure<ForecastingSample>['of'] =>
  (sample, drawn) =>
    of(drawRows(sample.truth, drawn, sample.horizon), drawRows(sample.predicted, drawn, sample.horizon), sample);

const figures: readonly Figure<ForecastingSample>[] = [
  ...absoluteErrors(over),
  {
    name: 'smape',
    title: 'symmetric mean absolute percentage error, from 0 to 2',
    better: 'smaller',
    interval: 'bootstrap',
    of: over(smape),
  },
  {
    name: 'mase',
    title: 'mean absolute scaled error: 1 is the naive forecast in training',
    better: 'smaller',
    interval: 'bootstrap',
    of: over((truth, predicted, { scale }) =>
      scale === undefined ? undefined : meanAbsoluteError(truth, predicted) / scale,
    ),
  },
];

/** The next values of a series for each row. */
export const forecastingFigures: TaskFigures<
  {
    readonly type: 'forecasting';
    readonly label: string;
    readonly horizon: number;
    readonly scale?: number | undefined;
  },
  readonly number[],
  ForecastingSample
> = {
  type: 'forecasting',
  figures,
  headlines: ['mae', 'smape', 'mase'],
  slices: ['mae', 'smape'],
  label: ({ label }) => label,
  truth: (cell, task) => {
    const list = jsonList(cell);
    const fits = list?.every((one) => typeof one === 'number' && Number.isFinite(one));
    return fits && (!task || list?.length === task.horizon) ? (list as readonly number[]) : undefined;
  },
  incomparable: (first, second) =>
    first.horizon === second.horizon
      ? undefined
      : `one looks ${first.horizon} steps ahead, the other ${second.horizon}`,
  truthIs: ({ horizon }) => `a JSON list of the ${horizon} numbers that followed`,
  samples: (truths, models) => {
    const truth = Float64Array.from(truths.flat());
    return models.map(({ task: { horizon, scale }, numbers }) => ({
      units: truths.length,
      horizon,
      truth,
      predicted: numbers,
      scale,
    }));
  },
  served: (rows) => {
    // Versions may look ahead differently far: each step counts by itself.
    const steps = rows.flatMap(({ answer, truth }) => {
      const { values = [] } = (answer ?? {}) as { readonly values?: readonly number[] };
      return truth.slice(0, values.length).map((value, i) => [value, values[i]!] as const);
    });
    return {
      units: steps.length,
      horizon: 1,
      truth: Float64Array.from(steps, ([value]) => value),
      predicted: Float64Array.from(steps, ([, value]) => value),
      scale: undefined,
    };
  },
};
