export { best, type BestRecord } from './best/contract.js';
export { baseline, logistic, net, regressionTrees, trees } from './contract.js';
