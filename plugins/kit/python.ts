export { python, pythonRuntime, type PythonOptions } from '../../runtimes/python/index.js';
