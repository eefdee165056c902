export {
  implement,
  type Implementation,
  type InputArtifacts,
  type NodeCall,
  type NodeContext,
  type OutputArtifacts,
} from './implement.js';
export type { InputArtifact, OutputArtifact } from '../core/artifact.js';
export { TransientError, UserError } from '../core/errors/index.js';
export { startWorker } from './start.js';
export type { RunningWorker, WorkerOptions } from './worker.js';
