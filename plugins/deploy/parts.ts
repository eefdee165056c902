export { registryProcess } from '../../activities/processes/model-registry.js';
