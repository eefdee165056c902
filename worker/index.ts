export { implement, type NodeCall, type NodeContext } from './implement.js';
export type { InputArtifacts, OutputArtifacts } from '../core/implement.js';
export type { Implementation } from '../core/implementation.js';
export type { SealedOpening } from '../core/records.js';
export type { InputArtifact, OutputArtifact } from '../core/artifact.js';
export { TransientError, UserError } from '@trainyard/errors';
export { startWorker } from './start.js';
export type { RunningWorker, WorkerOptions } from './worker.js';
