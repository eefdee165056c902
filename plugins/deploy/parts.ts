export { registryProcess } from '../../processes/model-registry.js';
