export { findBinary, type BinaryName, type FindBinaryOptions, type FoundBinary } from './binaries.js';
export { checkSetup, type Check, type CheckOptions } from './check.js';
export { findChromium, type FindChromiumOptions, type FoundChromium } from './chromium.js';
export { claimHeld, releaseClaim, takeClaim, type Claim } from './claim.js';
export { ensureMinilm, findMinilm, type MinilmInstall, type MinilmOptions } from './minilm.js';
export { ensureLightgbm, findLightgbm, type LightgbmInstall, type LightgbmOptions } from './lightgbm.js';
export { formatProgress, type OnProgress, type Progress } from './progress.js';
export { anyInterpreters, findInterpreter, type Interpreter } from './interpreter.js';
export { runProgram, type Finished } from './program.js';
export { type Service, type ServiceEnd } from './service.js';
export {
  planSetup,
  setup,
  type PlannedDownload,
  type SetupOptions,
  type SetupResult,
  type SetupStep,
} from './setup.js';
export { startTemporal, type SearchAttributeType, type TemporalOptions, type TemporalService } from './temporal.js';
export {
  ensureTensorflow,
  findTensorflow,
  whyNotNative,
  type TensorflowInstall,
  type TensorflowOptions,
} from './tensorflow-install.js';
export {
  canLoad,
  isTensorflowNoise,
  loadTensorflow,
  portableVersions,
  sayBackend,
  type LoadedTensorflow,
  type LoadOptions,
  type Tensorflow,
} from './tensorflow-load.js';
export { installOnce, requireSpace, toolsFolder } from './tools-folder.js';
export { startValkey, type ValkeyOptions, type ValkeyService } from './valkey.js';
