export { nodeRuntime } from '../../worker/runtimes/index.js';
export { pythonRuntime } from '../kit/python.js';
