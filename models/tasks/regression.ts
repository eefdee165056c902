import { z } from 'zod';
import { notFinite, numberOutcome, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('regression'),
  /** Column that it predicts. */
  label: z.string(),
  /** Unit of the column, such as `EUR`. */
  unit: z.string().optional(),
});

/** A number. */
export const regression: TaskType<z.output<typeof schema>, { readonly value: number }> = {
  type: 'regression',
  schema,
  names: ({ label }) => [label],
  problem: (numbers, { label }) => notFinite(numbers, [label]),
  answer: (numbers) => ({ value: numbers[0]! }),
  logged: (answer) => ({ whole: { ...answer } }),
  outcome: numberOutcome,
  outcomeIs: () => 'a number',
  tensors: () => [{ name: 'value', datatype: 'FP64', shape: [] }],
  values: ({ value }) => ({ value: [value] }),
};
