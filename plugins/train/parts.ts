export { constant } from './kinds/constant.js';
export { denseNet } from './kinds/dense-net.js';
export { layeredNet } from './kinds/layered-net.js';
export { logisticRegression } from './kinds/logistic.js';
export { trees } from './kinds/trees.js';
