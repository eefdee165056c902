export { attributions, partial, permutation, shap } from './contract.js';
