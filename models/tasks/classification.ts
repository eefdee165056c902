import { z } from 'zod';
import { chooseClass } from '@trainyard/metrics';
import { notProbabilities, type TaskType } from './task.js';

const schema = z.object({
  type: z.literal('classification'),
  /** Column that it predicts. */
  label: z.string(),
  /** In the order of the probabilities; two for a binary task. */
  classes: z.array(z.string()).min(1),
  /** Two classes only: the second one is answered from this probability on; without it the most probable class is. */
  threshold: z.number().min(0).max(1).optional(),
});
export type Classification = z.output<typeof schema>;

/** A classifier's answer for one row. */
export interface ClassAnswer {
  readonly label: string;
  /** By class, summing to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** One of two or more classes. */
export const classification: TaskType<Classification, ClassAnswer> = {
  type: 'classification',
  schema,
  names: ({ classes }) => classes,
  problem: (numbers, { classes }) => notProbabilities(numbers, classes),
  answer: (numbers, task) => ({
    label: task.classes[chooseClass(numbers, task)]!,
    probabilities: Object.fromEntries(task.classes.map((name, k) => [name, numbers[k]!])),
  }),
  writer(task) {
    const { classes, threshold } = task;
    const names = classes.map((name) => JSON.stringify(name));
    // An object lists what looks like a whole number first.
    const order = Object.keys(Object.fromEntries(classes.map((name) => [name, 0]))).map((name) =>
      classes.indexOf(name),
    );
    const parts = order.map((k, i) => ({ k, before: `${i === 0 ? '' : ','}${names[k]!}:` }));
    const heads = names.map((name) => `{"label":${name},"probabilities":{`);
    const chosen = (numbers: Float64Array, at: number): number => {
      if (threshold !== undefined && classes.length === 2) return numbers[at + 1]! >= threshold ? 1 : 0;
      let best = 0;
      for (let k = 1; k < names.length; k++) if (numbers[at + k]! > numbers[at + best]!) best = k;
      return best;
    };
    return {
      answer(numbers, at) {
        let text = heads[chosen(numbers, at)]!;
        for (const { k, before } of parts) text += before + numbers[at + k]!;
        return `${text}}}`;
      },
      logged: {
        label: (numbers, at) => names[chosen(numbers, at)]!,
        probability: (numbers, at) => `${numbers[at + chosen(numbers, at)]!}`,
      },
    };
  },
  logged: ({ label, probabilities }) => ({ label, probability: probabilities[label] ?? 0 }),
  outcome: (label, { classes }) => (typeof label === 'string' && classes.includes(label) ? label : undefined),
  outcomeIs: ({ classes }) => classes.slice(0, 20).join(', '),
  tensors: ({ classes }) => [
    { name: 'label', datatype: 'BYTES', shape: [] },
    { name: 'probabilities', datatype: 'FP64', shape: [classes.length] },
  ],
  values: ({ label, probabilities }, { classes }) => ({
    label: [label],
    probabilities: classes.map((name) => probabilities[name]!),
  }),
};
