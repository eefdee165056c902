import { z } from 'zod';
import { isFiniteNumber, notFinite, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('forecasting'),
  /** Column whose future values it predicts. */
  label: z.string(),
  unit: z.string().optional(),
  /** How many steps ahead. */
  horizon: z.number().int().min(1).max(100_000),
  /** Mean absolute error of the naive forecast on the training series (`naiveError`): what the scaled error divides by. */
  scale: z.number().positive().optional(),
});
type Forecasting = z.output<typeof schema>;

const names = ({ horizon }: Forecasting): string[] => Array.from({ length: horizon }, (_, i) => `step ${i + 1}`);

/** The next values of a series, from what is known of it in a row. */
export const forecasting: TaskType<Forecasting, { readonly values: readonly number[] }> = {
  type: 'forecasting',
  schema,
  names,
  problem: (numbers, task) => notFinite(numbers, names(task)),
  answer: (numbers) => ({ values: [...numbers] }),
  logged: ({ values }) => ({ whole: { values: [...values] } }),
  outcome: (label, { horizon }) =>
    Array.isArray(label) && label.length === horizon && label.every(isFiniteNumber) ? JSON.stringify(label) : undefined,
  outcomeIs: ({ horizon }) => `a list of the ${horizon} numbers that followed`,
  tensors: ({ horizon }) => [{ name: 'values', datatype: 'FP64', shape: [horizon] }],
  values: ({ values }) => ({ values }),
};
