export { baseline, logistic, net, regressionTrees, trees } from './contract.js';
export { linear } from './classical/contract.js';
