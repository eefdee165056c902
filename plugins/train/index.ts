export { baseline, logistic, net } from './contract.js';
