export { givenSplitNode } from './given-node.js';
export { randomSplitNode, stratifiedSplitNode } from './dealt-node.js';
export { timeSplitNode } from './time-node.js';
export { assignFoldsNode, takeFoldNode, takeOuterFoldNode } from './folds-node.js';
