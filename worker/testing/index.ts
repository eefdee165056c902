export { runNode, type NodeRun, type RunNodeOptions, type TestArtifact, type TestInput } from './run-node.js';
export { tableOf, type TestRow } from './table-of.js';
export { modelKindCases, type ModelKindCase, type ModelKindExample } from './model-kind-cases.js';
export { processCases, type ProcessCase } from './process-cases.js';
export type { ProcessExample } from './process-example.js';
export type { StagePlace } from './process-stage.js';
export { sourceCases, type SourceCase, type SourceExample } from './source-cases.js';
export { runtimeCases, runtimeProbe, type RuntimeCase, type RuntimeExample } from './runtime-cases.js';
export { storeCases, type StoreCase, type StoreUnderTest } from './store-cases.js';
