export { best, type BestRecord } from './best/contract.js';
export {
  baseline,
  logistic,
  multiLabelNet,
  net,
  quantileNet,
  regressionNet,
  regressionTrees,
  trees,
} from './contract.js';
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
export { quantileTrees, rankingTrees } from './trees/contract.js';
export { pretrained } from './pretrained/contract.js';
export { textNet } from './text/contract.js';
export { fineTuned } from './tuned/contract.js';
export { forecastNet, forecastTrees, naiveForecast } from './forecast/contract.js';
