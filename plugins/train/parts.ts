export { constant } from './kinds/constant.js';
export { denseNet } from './kinds/dense-net.js';
export { ensemble } from './kinds/ensemble.js';
export { logisticRegression } from './kinds/logistic.js';
export { trees } from './kinds/trees.js';
