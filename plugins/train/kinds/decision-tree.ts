import { z } from 'zod';
import { treeAnswers } from '@trainyard/learners';
import { tensorOf, unfit, type PortableSplit, type PortableTree } from '../../../models/index.js';
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
  portable({ features: width }, tensors) {
    const nodes = tensorOf(tensors, 'nodes', [-1, 3]);
    const values = tensorOf(tensors, 'values', [nodes.shape[0]!, -1]);
    const outputs = values.shape[1]!;
    return {
      width,
      trees: {
        scores: outputs,
        trees: [treeOf(nodes.values, values.values, outputs)],
        answers: (_tf, scores) => scores,
      },
    };
  },
});

/** The tree with its leaves apart from its inner nodes. */
function treeOf(nodes: ArrayLike<number>, values: ArrayLike<number>, outputs: number): PortableTree {
  const places: number[] = [];
  let [inner, leaf] = [0, 0];
  for (let node = 0; node < nodes.length / 3; node++) places.push(nodes[node * 3] === -1 ? -1 - leaf++ : inner++);
  const splits: PortableSplit[] = [];
  const leaves: [number, number][][] = [];
  places.forEach((place, node) => {
    if (place < 0) {
      leaves.push(Array.from({ length: outputs }, (_, k) => [k, values[node * outputs + k]!]));
      return;
    }
    const [feature, threshold, right] = [0, 1, 2].map((k) => nodes[node * 3 + k]!) as [number, number, number];
    splits.push({ feature, asks: { atMost: threshold }, missing: false, yes: places[node + 1]!, no: places[right]! });
  });
  return { splits, leaves };
}
