export { baselineNode } from './baseline.js';
export { bestNode } from './best/train.js';
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
export { linearNode } from './classical/linear.js';
export { bayesNode } from './classical/bayes.js';
export { neighboursNode, regressionNeighboursNode } from './classical/neighbours.js';
export { svmNode } from './classical/svm.js';
export { decisionTreeNode, regressionDecisionTreeNode } from './classical/decision-tree.js';
export { kMeansNode } from './classical/k-means.js';
export { quantileTreesNode } from './trees/quantiles.js';
export { pretrainedNode } from './pretrained/node.js';
export { textNetNode } from './text/train.js';
export { fineTunedNode } from './tuned/train.js';
export { rankingTreesNode } from './trees/ranking.js';
export { naiveForecastNode } from './forecast/naive.js';
export { forecastTreesNode } from './forecast/trees.js';
export { forecastNetNode } from './forecast/net.js';
