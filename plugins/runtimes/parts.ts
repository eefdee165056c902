export { nodeRuntime } from '../../runtimes/index.js';
export { pythonRuntime } from '../kit/python.js';
