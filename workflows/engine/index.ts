export { installBundle, type BundleData, type PoolFacts } from './bundle-data.js';
export { pipelineWorkflow } from './pipeline-workflow.js';
export { hostRun, graphQuery, settle } from './host.js';
export { approveUpdate } from './approvals.js';
export { workflowFailure } from './failure.js';
export { bundleData, contractNamed, knownPipelines, pipelineNamed } from './bundle-data.js';
export { engineActivities } from './proxies.js';
export type { EngineActivities, TablePage } from './ports.js';
export type { Engine } from './engine.js';
