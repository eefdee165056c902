export { best, type BestRecord } from './best/contract.js';
export { baseline, logistic, net, regressionTrees, trees } from './contract.js';
export {
  bayes,
  decisionTree,
  kMeans,
  linear,
  neighbours,
  regressionDecisionTree,
  regressionNeighbours,
  svm,
} from './classical/contract.js';
export { quantileTrees } from './trees/contract.js';
