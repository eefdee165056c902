export { runNode, type NodeRun, type RunNodeOptions, type TestArtifact, type TestInput } from './run-node.js';
export { tableOf, type TestRow } from './table-of.js';
export { modelKindCases, type ModelKindCase, type ModelKindExample } from './model-kind-cases.js';
export { storeCases, type StoreCase, type StoreUnderTest } from './store-cases.js';
