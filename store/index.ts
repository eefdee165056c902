export type { BlobSource, Store, StoreKey } from './store.js';
export { checkKey, segmentOf } from './keys.js';
export { FileStore } from './files.js';
export { openStore } from './open.js';
export { readBlob, readJsonBlob } from './blob-store.js';
export { damagedIn, damagedMet, onDamaged, type DamagedRecord } from './damaged/index.js';
export { createRecord, putRecord, readRecord } from './record.js';
export { RECORDS, type JsonObject, type RecordKind } from './record-kinds.js';
export { Artifacts, fileNameFault, type Manifest } from './artifacts.js';
export { storeFull } from './durable-write.js';
export { commit, discardArtifact, lookup } from './cache.js';
export { singleFlight, type Clock, type SingleFlight } from './reservation.js';
export { findInPages, keepPage, listPages, pageReader, readPage } from './pages.js';
export { Checkpoints } from './checkpoints.js';
export { noteProject, projectsIn } from './projects.js';
export { keepReports, readReports, writeReports } from './reports.js';
export { makersOf, recordsOfNodes, recordsOfRun, removeNodeRecord, usersOf, writeNodeRecord } from './lineage.js';
export {
  endRun,
  listRuns,
  openingsOf,
  putDecided,
  putFailedLog,
  putEnvironment,
  putGraph,
  putStudy,
  readDecided,
  readEnvironment,
  readGraph,
  readRun,
  readStudy,
  recordOpening,
  startRun,
  type RunRecord,
} from './runs.js';
export { lastReach, reach, type ReachName } from './reaches.js';
export { areWhole, keepJson, noteNeed, sweepBefore, undisturbed } from './collect-beside.js';
export { collect, type Collected, type CollectOptions, type OthersNeeds } from './collect.js';
export type { BadRecord } from './scrub-records.js';
export { scrub, type BadBlob, type BlobUse, type Scrubbed, type ScrubOptions } from './scrub.js';
export { blobsOfAll, namedIn, pinnedRuns, pinRun, unpinRun } from './collect-needs.js';
export type {
  ArtifactName,
  CacheEntry,
  DecidedCall,
  Need,
  NodeRecord,
  PageNote,
  Reach,
  RunEnd,
  RunStart,
  SealedOpening,
} from '../core/records.js';
