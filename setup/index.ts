export { findBinary, type BinaryName, type FindBinaryOptions, type FoundBinary } from './binaries.js';
export { type OnProgress, type Progress } from './progress.js';
export { type Service, type ServiceEnd } from './service.js';
export { startTemporal, type SearchAttributeType, type TemporalOptions, type TemporalService } from './temporal.js';
export { toolsFolder } from './tools-folder.js';
export { startValkey, type ValkeyOptions, type ValkeyService } from './valkey.js';
