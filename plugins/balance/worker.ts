export { representationNode } from './representation.js';
export { resampleNode } from './resample.js';
export { weightsNode } from './weights.js';
