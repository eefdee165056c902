export { baselineNode } from './baseline.js';
export { bestNode } from './best/train.js';
export { logisticNode } from './logistic/train.js';
export { netNode } from './net/train.js';
export { regressionTreesNode, treesNode } from './trees/train.js';
