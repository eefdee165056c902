import {
  pinballLoss,
  type ClassificationSample,
  type ForecastingSample,
  type MultiLabelSample,
  type QuantilesSample,
  type RegressionSample,
  type Sample,
  type TaskFigures,
} from '@trainyard/metrics';

/** How wrong each row is, and what that is in words. */
export interface RowErrors {
  readonly errors: Float64Array;
  readonly says: string;
  /** Whether an error is 0 or 1. */
  readonly wrongOrRight: boolean;
}

/** How wrong each row is, for tests of groups of rows; undefined where groups of rows are measured, not rows. */
export function rowErrors(task: TaskFigures, sample: Sample): RowErrors | undefined {
  if (task.right) {
    const right = task.right(sample);
    return { errors: Float64Array.from(right, (one) => (one ? 0 : 1)), says: 'answered wrong', wrongOrRight: true };
  }
  const sizes = sizesOf(task, sample);
  return sizes && { ...sizes, wrongOrRight: false };
}

/** How wrong each row is, to put the most wrong ones first: by how improbable the truth was where there are probabilities. */
export function wrongness(task: TaskFigures, sample: Sample): Omit<RowErrors, 'wrongOrRight'> | undefined {
  if (task.type !== 'classification' && task.type !== 'multi-label') return sizesOf(task, sample);
  if (task.type === 'multi-label') {
    const { truth, predicted } = sample as MultiLabelSample;
    const errors = new Float64Array(sample.units);
    for (let i = 0; i < truth.values.length; i++)
      if (truth.values[i] !== predicted.values[i]) errors[Math.floor(i / truth.classes)]!++;
    return { errors, says: 'classes too many or too few' };
  }
  const { truth, probabilities, classes } = sample as ClassificationSample;
  if (!probabilities) return undefined;
  const given = (row: number): number => probabilities.values[row * classes.length + truth[row]!]!;
  return {
    errors: Float64Array.from({ length: sample.units }, (_, row) => 1 - given(row)),
    says: '1 − the probability given to the true class',
  };
}

function sizesOf({ type }: TaskFigures, sample: Sample): Omit<RowErrors, 'wrongOrRight'> | undefined {
  if (type === 'regression') {
    const { truth, predicted } = sample as RegressionSample;
    return { errors: truth.map((value, row) => Math.abs(predicted[row]! - value)), says: '|predicted − true|' };
  }
  if (type === 'quantiles') {
    const { truth, predicted, quantiles } = sample as QuantilesSample;
    const width = quantiles.length;
    const errors = truth.map(
      (value, row) =>
        quantiles.reduce((sum, q, k) => sum + pinballLoss([value], [predicted[row * width + k]!], q), 0) / width,
    );
    return { errors, says: 'pinball loss' };
  }
  if (type === 'forecasting') {
    const { truth, predicted, horizon, units } = sample as ForecastingSample;
    const errors = new Float64Array(units);
    truth.forEach((value, i) => (errors[Math.floor(i / horizon)]! += Math.abs(predicted[i]! - value) / horizon));
    return { errors, says: 'mean absolute error of the steps' };
  }
  return undefined;
}

/** Types of tasks whose rows can be wrong by themselves, for messages. */
export const ROW_TASKS = 'classification, multi-label, regression, quantiles, forecasting';
