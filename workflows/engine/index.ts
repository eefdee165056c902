export { installBundle, type BundleData, type PoolFacts } from './bundle-data.js';
export { pipelineWorkflow } from './pipeline-workflow.js';
export { hostRun, graphQuery } from './host.js';
export { approveUpdate } from './approvals.js';
export { workflowFailure } from './failure.js';
export { contractNamed } from './bundle-data.js';
export type { EngineActivities, TablePage } from './ports.js';
export type { Engine } from './engine.js';
