import { z } from 'zod';
import { chosenClasses } from '@trainyard/metrics';
import { notProbabilities, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('multi-label'),
  /** Column of lists that it predicts. */
  label: z.string(),
  classes: z.array(z.string()).min(1),
  /** From which probability on each class is answered, in the order of the classes. */
  thresholds: z.array(z.number().min(0).max(1)),
});
type MultiLabel = z.output<typeof schema>;

/** Any number of classes for each row. */
export const multiLabel: TaskType<
  MultiLabel,
  { readonly labels: readonly string[]; readonly probabilities: Readonly<Record<string, number>> }
> = {
  type: 'multi-label',
  schema,
  names: ({ classes }) => classes,
  problem: (numbers, { classes }) => notProbabilities(numbers, classes),
  answer: (numbers, task) => ({
    labels: chosenClasses(numbers, task),
    probabilities: Object.fromEntries(task.classes.map((name, k) => [name, numbers[k]!])),
  }),
  logged: (answer) => ({ whole: { labels: [...answer.labels] } }),
  outcome: (label, { classes }) =>
    Array.isArray(label) && label.every((one) => classes.includes(one as string)) ? JSON.stringify(label) : undefined,
  outcomeIs: ({ classes }) => `a list of some of ${classes.slice(0, 20).join(', ')}`,
  tensors: ({ classes }) => [{ name: 'probabilities', datatype: 'FP64', shape: [classes.length] }],
  values: ({ probabilities }, { classes }) => ({ probabilities: classes.map((name) => probabilities[name]!) }),
};
