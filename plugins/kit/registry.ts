// What nodes with effects do with models that are served: versions, aliases, monitors, and files that outlive the run.
export { announceAlias } from '../../client/monitor/endpoints.js';
export { versionIn } from '../../client/registry/model-view.js';
export { getModelHead, moveAlias, registerVersion } from '../../client/registry/models.js';
export { configureMonitor } from '../../client/monitor/monitors.js';
export { Artifacts } from '../../store/index.js';
export type { MonitoredColumn } from '../../workflows/monitor/contract.js';
export { RECORD_CHARACTERS } from '../../workflows/registry/contract.js';
