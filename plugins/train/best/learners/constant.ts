import { constant } from '../../kinds/constant.js';
import { tensorParts } from '../../kinds/tensor-kind.js';
import type { Learner } from './contract.js';

/** Answers every row alike: the shares of the classes, or the mean. What all others must beat. */
export const baseline: Learner = {
  name: 'baseline',
  title: 'The same answer for every row',
  tasks: ['classes', 'number'],
  form: 'passed',
  space: () => ({}),
  first: () => [{}],
  async fit({ task, lesson: { train }, weights }) {
    const outputs = task.type === 'classes' ? task.classes.length : 1;
    const values = new Float64Array(outputs);
    let total = 0;
    for (const [row, label] of train.labels.entries()) {
      const weight = weights ? weights[row]! : 1;
      if (task.type === 'classes') values[label]! += weight;
      else values[0]! += weight * label;
      total += weight;
    }
    values.forEach((value, k) => (values[k] = value / total));
    return {
      kind: constant,
      ...tensorParts({ features: train.width }, { probabilities: { shape: [outputs], values } }),
      libraries: {},
    };
  },
};
