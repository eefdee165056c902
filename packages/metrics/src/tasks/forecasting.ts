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
  /** Of each number of `truth`, 1 where it lies between the lowest and the highest quantile; none where there are no two. */
  readonly covered: Float64Array | undefined;
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
  {
    name: 'coverage',
    title: 'share of the truths between the lowest and the highest quantile',
    better: 'neither',
    interval: 'bootstrap',
    of: ({ covered, horizon }, drawn) => covered && meanOf(drawRows(covered, drawn, horizon)),
  },
];

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface ForecastingTask {
  readonly horizon: number;
  readonly scale?: number | undefined;
  readonly quantiles?: readonly number[] | undefined;
}

/** Numbers of rows, each the steps and then those of each quantile, against what came. */
function sampleOf(
  { horizon, scale, quantiles = [] }: ForecastingTask,
  truth: Float64Array,
  numbers: Float64Array,
): ForecastingSample {
  const units = truth.length / horizon;
  const width = horizon * (1 + quantiles.length);
  const part = (place: number): Float64Array =>
    Float64Array.from(truth, (_, i) => numbers[Math.floor(i / horizon) * width + place * horizon + (i % horizon)]!);
  const [low, high] = quantiles.length < 2 ? [] : [part(1), part(quantiles.length)];
  return {
    units,
    horizon,
    truth,
    predicted: quantiles.length === 0 ? numbers : part(0),
    scale,
    covered: low && high && truth.map((value, i) => (low[i]! <= value && value <= high[i]! ? 1 : 0)),
  };
}

/** The next values of a series for each row. */
export const forecastingFigures: TaskFigures<
  {
    readonly type: 'forecasting';
    readonly label: string;
    readonly horizon: number;
    readonly scale?: number | undefined;
    readonly quantiles?: readonly number[] | undefined;
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
    return models.map(({ task, numbers }) => sampleOf(task, truth, numbers));
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
      covered: undefined,
    };
  },
};
