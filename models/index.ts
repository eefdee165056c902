export { MODEL_FILES, MODEL_FORMAT, parseCard, type ModelCard, type ModelInput } from './card.js';
export {
  exportFormat,
  type ExportedTensor,
  type ExportFormat,
  PRECISIONS,
  type ExportFormatSpec,
  type OpenedExport,
  type PortableModel,
  type Precision,
  type WriteOptions,
  type WrittenExport,
} from './export-format.js';
export { exportModel, exportFormatsOf, type ExportOptions, type Exported } from './export-model.js';
export {
  modelKind,
  type Explainer,
  type FeatureScorer,
  type ModelKind,
  type ModelKindSpec,
  type OpenedModel,
  type RowScorer,
  type Scorer,
} from './kind.js';
export { measureAnswers } from './measure.js';
export { openModel, openScorer } from './open.js';
export {
  readyFeatures,
  type Portable,
  type PortableMember,
  type PortableSplit,
  type PortableText,
  type PortableTree,
  type PortableTrees,
} from './portable.js';
export type { AnswerText } from './answer-text.js';
export type { Answered, Predictor, Responded } from './predictor.js';
export { Message } from './protobuf.js';
export { kindOnHand } from './provided-kinds.js';
export {
  formatsOnHand,
  pretrainedFormat,
  type PretrainedAsk,
  type PretrainedFiles,
  type PretrainedFormat,
  type PretrainedFormatSpec,
  type PretrainedLayer,
  type PretrainedNet,
  type PretrainedText,
  type StoredTensor,
} from './pretrained.js';
export { requestRow } from './request-row.js';
export { MODEL_SAMPLE, readSample, SAMPLE_TOLERANCE } from './sample.js';
export type { FileContent, ModelSource } from './source.js';
export { packageNotice, standaloneModule, type StandaloneModule } from './standalone/bundle.js';
export { rowsOfTable, type RowsOfTable } from './table-rows.js';
export {
  taskType,
  type ClassAnswer,
  type Classification,
  type ModelTask,
  type OutputTensor,
  type Prediction,
  type TaskName,
} from './tasks/index.js';
export {
  packTensors,
  tensorOf,
  tensorPlaces,
  TENSORS_FILE,
  unfit,
  unpackTensors,
  type Tensor,
  type Tensors,
} from './tensors.js';
export {
  applyTransform,
  applyTransformToRows,
  featureNames,
  parseTransform,
  type FeatureRow,
  type FittedTransform,
} from '@trainyard/transforms';
export { writeModel, type ModelSummary, type TrainedModel } from './write.js';
