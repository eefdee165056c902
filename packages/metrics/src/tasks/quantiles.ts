import { drawRows } from '../draw.js';
import { coverage, pinballLoss } from '../quantile-loss.js';
import { finiteNumber } from './cells.js';
import type { Figure, Sample, TaskFigures } from './task-figures.js';

export interface QuantilesSample extends Sample {
  readonly truth: Float64Array;
  /** Rising. */
  readonly quantiles: readonly number[];
  /** `[rows, quantiles]`. */
  readonly predicted: Float64Array;
}

/** The values predicted for one quantile, row after row. */
export function quantileColumn({ predicted, quantiles, units }: QuantilesSample, k: number): Float64Array {
  return Float64Array.from({ length: units }, (_, row) => predicted[row * quantiles.length + k]!);
}

const drawOf = (sample: QuantilesSample, drawn: Int32Array): QuantilesSample => ({
  units: drawn.length,
  quantiles: sample.quantiles,
  truth: drawRows(sample.truth, drawn),
  predicted: drawRows(sample.predicted, drawn, sample.quantiles.length),
});

const over =
  (of: (sample: QuantilesSample) => number | undefined): Figure<QuantilesSample>['of'] =>
  (sample, drawn) =>
    of(drawOf(sample, drawn));

/** Mean pinball loss over the quantiles. */
function pinball(sample: QuantilesSample): number {
  const each = sample.quantiles.map((q, k) => pinballLoss(sample.truth, quantileColumn(sample, k), q));
  return each.reduce((total, one) => total + one, 0) / each.length;
}

/** Of something that takes an interval from the lowest to the highest quantile. */
const ofInterval =
  (of: (low: Float64Array, high: Float64Array, sample: QuantilesSample) => number) =>
  (sample: QuantilesSample): number | undefined => {
    const last = sample.quantiles.length - 1;
    return last < 1 ? undefined : of(quantileColumn(sample, 0), quantileColumn(sample, last), sample);
  };

const covered = ofInterval((low, high, { truth }) => coverage(truth, low, high));

const figures: readonly Figure<QuantilesSample>[] = [
  {
    name: 'pinball',
    title: 'pinball loss, mean over the quantiles',
    better: 'smaller',
    inUnits: true,
    interval: 'bootstrap',
    of: over(pinball),
  },
  {
    name: 'coverage',
    title: 'share of truths from the lowest quantile to the highest',
    better: 'neither',
    interval: 'bootstrap',
    of: over(covered),
  },
  {
    name: 'coverageGap',
    title: 'distance of that share from the one that the quantiles promise',
    better: 'smaller',
    interval: 'shared',
    of: over((sample) => {
      const share = covered(sample);
      return share === undefined ? undefined : Math.abs(share - (sample.quantiles.at(-1)! - sample.quantiles[0]!));
    }),
  },
  {
    name: 'width',
    title: 'mean distance from the lowest quantile to the highest',
    better: 'neither',
    inUnits: true,
    interval: 'bootstrap',
    of: over(ofInterval((low, high) => low.reduce((total, from, row) => total + high[row]! - from, 0) / low.length)),
  },
  {
    name: 'crossing',
    title: 'share of rows where a higher quantile lies below a lower one',
    better: 'smaller',
    interval: 'shared',
    of: over(({ predicted, quantiles, units }) => {
      let crossed = 0;
      for (let row = 0; row < units; row++) {
        const at = row * quantiles.length;
        if (quantiles.some((_, k) => k > 0 && predicted[at + k]! < predicted[at + k - 1]!)) crossed++;
      }
      return crossed / units;
    }),
  },
];

/** Quantiles of a number for each row. */
export const quantilesFigures: TaskFigures<
  { readonly type: 'quantiles'; readonly label: string; readonly quantiles: readonly number[] },
  number,
  QuantilesSample
> = {
  type: 'quantiles',
  figures,
  headlines: ['pinball', 'coverage'],
  slices: ['pinball', 'coverage'],
  label: ({ label }) => label,
  truth: finiteNumber,
  incomparable: (first, second) =>
    String(first.quantiles) === String(second.quantiles)
      ? undefined
      : `one answers the quantiles ${first.quantiles.join(', ')}, the other ${second.quantiles.join(', ')}`,
  truthIs: () => 'a number',
  samples: (truths, models) => {
    const truth = Float64Array.from(truths);
    return models.map(({ task: { quantiles }, numbers }) => ({
      units: truth.length,
      truth,
      quantiles,
      predicted: numbers,
    }));
  },
  served: (rows) => {
    const answers = rows.map(
      ({ answer }) => (answer as { readonly quantiles?: Readonly<Record<string, number>> } | null)?.quantiles ?? {},
    );
    // Versions may have others: the quantiles that all of them answer.
    const quantiles = Object.keys(answers[0] ?? {})
      .filter((name) => answers.every((one) => Object.hasOwn(one, name)))
      .map(Number)
      .sort((a, b) => a - b);
    return {
      units: rows.length,
      truth: Float64Array.from(rows, ({ truth }) => truth),
      quantiles,
      predicted: Float64Array.from(answers.flatMap((one) => quantiles.map((q) => one[String(q)]!))),
    };
  },
};
