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
