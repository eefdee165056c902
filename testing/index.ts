export { runNode, type NodeRun, type RunNodeOptions, type TestArtifact, type TestInput } from './run-node.js';
