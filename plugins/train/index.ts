export { baseline, logistic, net, regressionTrees, trees } from './contract.js';
