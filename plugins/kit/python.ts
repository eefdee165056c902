export { python, pythonRuntime, type PythonOptions } from '../../worker/runtimes/python/index.js';
