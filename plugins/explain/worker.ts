export { shapNode } from './shap.js';
