export { modelRegistry as 'model-registry' } from '../../workflows/registry/index.js';
