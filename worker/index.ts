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
export { startWorker, type RunningWorker, type WorkerOptions } from './worker.js';
