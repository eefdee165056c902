import { chooseClass } from '../probability.js';
import { presentText } from './cells.js';
import { classFigures } from './class-figures.js';
import type { ClassificationSample } from './class-sample.js';
import type { TaskFigures } from './task-figures.js';

export interface ClassificationTask {
  readonly type: 'classification';
  readonly label: string;
  readonly classes: readonly string[];
  readonly threshold?: number | undefined;
}

/** One of two or more classes for each row. */
export const classificationFigures: TaskFigures<ClassificationTask, string, ClassificationSample> = {
  type: 'classification',
  figures: classFigures,
  headlines: ['f1.macro', 'accuracy'],
  slices: ['accuracy', 'f1.macro'],
  label: ({ label }) => label,
  truth: presentText,
  truthIs: () => 'a class',
  samples: (truths, models) => {
    const classes = [...new Set([...models.flatMap(({ task }) => task.classes), ...truths])].sort();
    const places = new Map(classes.map((name, k) => [name, k]));
    const truth = Int32Array.from(truths, (name) => places.get(name)!);
    return models.map(({ task, numbers }) => {
      const own = task.classes.length;
      const values = new Float64Array(truths.length * classes.length);
      const predicted = new Int32Array(truths.length);
      const to = task.classes.map((name) => places.get(name)!);
      for (let row = 0; row < truths.length; row++) {
        const scores = numbers.subarray(row * own, (row + 1) * own);
        scores.forEach((value, k) => (values[row * classes.length + to[k]!] = value));
        predicted[row] = to[chooseClass(scores, task)]!;
      }
      const probabilities = { values, classes: classes.length };
      return { units: truths.length, classes, truth, predicted, probabilities };
    });
  },
  served: (rows) => {
    const labels = rows.map(({ answer }) => String((answer as { readonly label?: unknown } | null)?.label));
    const classes = [...new Set([...labels, ...rows.map(({ truth }) => truth)])].sort();
    const places = new Map(classes.map((name, k) => [name, k]));
    return {
      units: rows.length,
      classes,
      truth: Int32Array.from(rows, ({ truth }) => places.get(truth)!),
      predicted: Int32Array.from(labels, (name) => places.get(name)!),
      probabilities: undefined,
    };
  },
  right: ({ truth, predicted }) => Array.from(truth, (label, row) => label === predicted[row]),
};
