export { modelRegistry as 'model-registry' } from './index.js';
