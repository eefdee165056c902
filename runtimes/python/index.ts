export { python, pythonRuntime, type PythonOptions, type PythonProgram } from './program.js';
export { collectEnvironments, ensureEnvironment, uvEnvironment } from './environment.js';
export { lockRequirements, type Locked, type LockRequest } from './lock.js';
