export { partialNode, permutationNode } from './asking.js';
export { attributionsNode } from './attributions.js';
export { shapNode } from './shap.js';
