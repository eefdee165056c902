import { z } from 'zod';
import { isFiniteNumber, notFinite, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('forecasting'),
  /** Column whose future values it predicts. */
  label: z.string(),
  unit: z.string().optional(),
  /** How many steps ahead. */
  horizon: z.number().int().min(1).max(100_000),
  /** Mean absolute error of the naive forecast (`naiveError`) on the series that the trainer was told it of: what the scaled error divides by. */
  scale: z.number().positive().optional(),
  /** Shares of the truths that are to lie below further numbers of each step, rising. */
  quantiles: z.array(z.number().gt(0).lt(1)).min(1).max(99).optional(),
});
type Forecasting = z.output<typeof schema>;

/** The next values, and by quantile further numbers of each step. */
export interface Forecast {
  readonly values: readonly number[];
  readonly quantiles?: Readonly<Record<string, readonly number[]>>;
}

/** The steps, then the steps of each quantile. */
const names = ({ horizon, quantiles = [] }: Forecasting): string[] => {
  const steps = Array.from({ length: horizon }, (_, i) => `step ${i + 1}`);
  return [...steps, ...quantiles.flatMap((quantile) => steps.map((step) => `${step} quantile ${quantile}`))];
};

const ofQuantiles = (
  { quantiles }: Forecasting,
  of: (quantile: number, place: number) => readonly number[],
): Pick<Forecast, 'quantiles'> =>
  quantiles
    ? { quantiles: Object.fromEntries(quantiles.map((quantile, k) => [String(quantile), of(quantile, k + 1)])) }
    : {};

/** The next values of a series, from what is known of it in a row. */
export const forecasting: TaskType<Forecasting, Forecast> = {
  type: 'forecasting',
  schema,
  names,
  problem: (numbers, task) => notFinite(numbers, names(task)),
  answer: (numbers, task) => {
    const part = (place: number): number[] => [...numbers.subarray(place * task.horizon, (place + 1) * task.horizon)];
    return { values: part(0), ...ofQuantiles(task, (_, place) => part(place)) };
  },
  logged: ({ values }) => ({ whole: { values: [...values] } }),
  outcome: (label, { horizon }) =>
    Array.isArray(label) && label.length === horizon && label.every(isFiniteNumber) ? JSON.stringify(label) : undefined,
  outcomeIs: ({ horizon }) => `a list of the ${horizon} numbers that followed`,
  tensors: ({ horizon, quantiles = [] }) => [
    { name: 'values', datatype: 'FP64', shape: [horizon] },
    ...quantiles.map((quantile) => ({ name: `quantile ${quantile}`, datatype: 'FP64' as const, shape: [horizon] })),
  ],
  values: ({ values, quantiles = {} }) => ({
    values,
    ...Object.fromEntries(Object.entries(quantiles).map(([quantile, steps]) => [`quantile ${quantile}`, steps])),
  }),
};
