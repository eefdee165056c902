export { baselineNode } from './baseline.js';
export { constant } from './kinds/constant.js';
export { denseNet } from './kinds/dense-net.js';
export { logisticRegression } from './kinds/logistic.js';
export { logisticNode } from './logistic/train.js';
export { netNode } from './net/train.js';
