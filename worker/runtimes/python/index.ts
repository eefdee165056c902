export { python, pythonRuntime, type PythonOptions } from './program.js';
export type { PythonProgram } from './programs.js';
export { collectEnvironments, ensureEnvironment, holdEnvironment, uvEnvironment } from './environment.js';
export { lockRequirements, type Locked, type LockRequest } from './lock.js';
