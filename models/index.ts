export { MODEL_FILES, MODEL_FORMAT, parseCard, type ModelCard, type ModelInput } from './card.js';
export type { Learner, Scorer } from './learner.js';
export { scorerOf } from './learners/index.js';
export { openModel, type ModelSource } from './open.js';
export type { Prediction, Predictor } from './predictor.js';
export { SAMPLE_TOLERANCE } from './sample.js';
export type { Tensor, Tensors } from './tensors.js';
export { writeModel, type ModelParts, type ModelSummary } from './write.js';
