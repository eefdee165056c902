export {
  sourceKind,
  type Snapshot,
  type SnapshotAsk,
  type SnapshotFile,
  type SourceContext,
  type SourceKind,
  type SourceReader,
  type SourceState,
  type TableAsk,
  type TakenSnapshot,
} from './kind.js';
export { expandPattern, filesOf, isPattern } from './pattern.js';
export { sourceOnHand, type KnownSource } from './provided-kinds.js';
export { takeSnapshot, type WrittenSnapshot } from './take-snapshot.js';
