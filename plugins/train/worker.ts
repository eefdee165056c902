export { baselineNode } from './baseline.js';
export { logisticNode } from './logistic/train.js';
export { netNode } from './net/train.js';
export { regressionTreesNode, treesNode } from './trees/train.js';
export { linearNode } from './classical/linear.js';
