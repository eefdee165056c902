export { noteCodes, notePipelines, readCode, readPipelines } from './codes.js';
export { explainCall, type Execution, type Explanation } from './explain.js';
export type { Change } from './compare.js';
export { describeEnvironment, type Environment } from './environment.js';
export { runManifest, type ManifestCall, type RunManifest } from './manifest.js';
export { notableCalls, verifyRun, type Verification, type VerifyOptions } from './verify.js';
export type { CallVerdict } from './compare-runs.js';
export { exportRun, type Exported } from './export.js';
export { openExport, type OpenedExport } from './open-export.js';
