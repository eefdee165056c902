import { z } from 'zod';
import { treeAnswers } from '@trainyard/learners';
import { tensorOf, unfit } from '../../../models/index.js';
import { tensorKind } from './tensor-kind.js';

/** One tree: tensors `nodes` `[nodes, 3]` and `values` `[nodes, outputs]`, as `TreeFit` of the library says. */
export const cart = tensorKind({
  name: 'decision tree',
  title: 'One decision tree',
  tasks: ['classification', 'regression'],
  architecture: z.object({ features: z.number().int().min(1) }),
  open({ features: width }, tensors, task) {
    const { shape, values: nodes } = tensorOf(tensors, 'nodes', [-1, 3]);
    const count = shape[0]!;
    const outputs = task.type === 'classification' ? task.classes.length : 1;
    const { values } = tensorOf(tensors, 'values', [count, outputs]);
    // A tree that leads back, or out of itself, would never end.
    for (let node = 0; node < count; node++) {
      const [feature, right] = [nodes[node * 3]!, nodes[node * 3 + 2]!];
      const leads = Number.isInteger(right) && right > node + 1 && right < count;
      if (feature !== -1 && !(Number.isInteger(feature) && feature >= 0 && feature < width && leads))
        throw unfit(`node ${node} of the model's tree leads nowhere`);
    }
    const fit = { width, outputs, nodes, values };
    return { takes: 'features', width, outputs, score: (features, rows) => treeAnswers(fit, features, rows) };
  },
});
