export type { TrainyardClient } from './client.js';
export { connect, type ConnectOptions } from './connect.js';
export { cancelRun, decide, newRunId, runResult, startPipeline, type StartRun } from './run/runs.js';
export { listRunListings, type ListedState, type RunListing } from './run/run-list.js';
export { readRunView, type RunReader, type RunView } from './run/run-view.js';
export { watchRun, type RunMoment, type WatchOptions } from './run/run-watch.js';
export { isStudy, readStudy, steerStudy, studiesOf, studyNamed, type Steering } from './study/studies.js';
export type { StudyState, StudyTrial } from '../core/study/state.js';
/** Where a pipeline reads a source on from. */
export { readUpTo, type ReadUpTo } from './data/read-up-to.js';
/** Who has opened a sealed test set, and those of a run. */
export { openingsOf, type SealedOpening } from '../store/index.js';
export { sealedSets, type SealedSet } from './run/sealed-sets.js';
export type { PendingNode } from './run/pending-node.js';
/** The registry: versions, aliases, who moved which, and where one stood at a moment. */
export {
  annotateVersion,
  deleteVersion,
  listModels,
  moveAlias,
  registerVersion,
  rollback,
  setTraffic,
} from './registry/models.js';
export { getModel, getVersion, type ModelAsk, type ModelReading, type ModelView } from './registry/model-view.js';
export {
  intervalsOf,
  standingAt,
  trafficAt,
  type Interval,
  type IntervalAsk,
  type TrafficInterval,
} from './registry/intervals.js';
export type { MarkedVersion } from './registry/marks.js';
