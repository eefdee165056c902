// The Workflows that serving needs.
export { monitor } from '../../workflows/monitor/index.js';
export { modelRegistry as 'model-registry' } from '../../workflows/registry/index.js';
