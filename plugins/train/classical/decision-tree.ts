import { growTree, type TreeFit, type TreeOptions } from '@trainyard/learners';
import { implement } from '../../../worker/index.js';
import { cart } from '../kinds/decision-tree.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { readNumberSurroundings } from '../training-environment.js';
import { writeNumberOutcome, writeOutcome, type Trained } from '../training-result.js';
import { readClasses } from './classes.js';
import { decisionTree, regressionDecisionTree } from './contract.js';
import { requireFeatures, requireNumbers } from './readable.js';

export const decisionTreeNode = implement(decisionTree, async ({ params, inputs, ctx }) => {
  const { around, rows } = await readClasses(params, inputs, ctx);
  const { model, figures } = await writeOutcome(trained(decisionTree.spec, params, growTree(rows, params)), around);
  return { model, figures };
});

export const regressionDecisionTreeNode = implement(regressionDecisionTree, async ({ params, inputs, ctx }) => {
  const around = await readNumberSurroundings(inputs, params.label, ctx.scratch, params.weight, false);
  requireNumbers(around);
  requireFeatures(around);
  const { model, figures } = await writeNumberOutcome(
    trained(regressionDecisionTree.spec, params, growTree(around.train, params)),
    around,
  );
  return { model, figures };
});

function trained(
  spec: { readonly name: string; readonly version: string },
  params: TreeOptions & Readonly<Record<string, unknown>>,
  { width, outputs, nodes, values }: TreeFit,
): Trained {
  const count = nodes.length / 3;
  return {
    kind: cart,
    ...tensorParts(
      { features: width },
      {
        nodes: { shape: [count, 3], values: Float64Array.from(nodes) },
        values: { shape: [count, outputs], values: Float64Array.from(values) },
      },
    ),
    training: { node: spec.name, version: spec.version, params, nodes: count },
    libraries: {},
  };
}
