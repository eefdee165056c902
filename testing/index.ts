export { runNode, type NodeRun, type RunNodeOptions, type TestArtifact, type TestInput } from './run-node.js';
export { tableOf, type TestRow } from './table-of.js';
export { storeCases, type StoreCase, type StoreUnderTest } from './store-cases.js';
