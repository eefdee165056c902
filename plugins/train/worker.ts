export { baselineNode } from './baseline.js';
export { logisticNode } from './logistic/train.js';
export {
  layeredNetNode,
  layeredRegressionNetNode,
  multiLabelNetNode,
  netNode,
  quantileNetNode,
  regressionNetNode,
} from './net/nodes.js';
export { regressionTreesNode, treesNode } from './trees/train.js';
