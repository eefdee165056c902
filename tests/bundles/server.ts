// One of each kind of Workflow that the server's routes ask: what is odd about an id may be that it belongs to another kind.
export { ask } from './approval.js';
export { modelRegistry as 'model-registry' } from '../../workflows/registry/index.js';
export { labelReview as 'label-review' } from '../../workflows/review/index.js';
