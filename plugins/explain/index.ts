export { shap } from './contract.js';
