import { z } from 'zod';
import { notFinite, numberOutcome, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('quantiles'),
  label: z.string(),
  unit: z.string().optional(),
  /** Rising, between 0 and 1. */
  quantiles: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .refine((all) => all.every((q, i) => i === 0 || q > all[i - 1]!), 'rising quantiles'),
});
type Quantiles = z.output<typeof schema>;

const names = ({ quantiles }: Quantiles): string[] => quantiles.map(String);

/** Quantiles of a number's distribution: an interval, a median. */
export const quantiles: TaskType<Quantiles, { readonly quantiles: Readonly<Record<string, number>> }> = {
  type: 'quantiles',
  schema,
  names,
  problem: (numbers, task) => notFinite(numbers, names(task)),
  answer: (numbers, task) => ({
    quantiles: Object.fromEntries(names(task).map((name, k) => [name, numbers[k]!])),
  }),
  logged: (answer) => ({ whole: { ...answer } }),
  outcome: numberOutcome,
  outcomeIs: () => 'a number',
  tensors: (task) => [{ name: 'quantiles', datatype: 'FP64', shape: [task.quantiles.length] }],
  values: (answer, task) => ({ quantiles: names(task).map((name) => answer.quantiles[name]!) }),
};
