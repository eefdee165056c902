export { applyTransform, applyTransformToRows } from './apply.js';
export { isMissing, otherThan, readCell, type Cell, type FeatureRow } from './cell.js';
export { featureColumn, featuresQuery, type FeaturesQuery } from './query.js';
export { kindOf, STEP_KINDS, type TransformStep } from './steps/index.js';
export type { CategoricalStep } from './steps/categorical.js';
export type { NumericStep } from './steps/numeric.js';
export type { PassStep } from './steps/pass.js';
export {
  featureNames,
  parseTransform,
  passesMissing,
  readsOf,
  transformInputs,
  type FittedTransform,
  type TransformColumn,
  type TransformInput,
} from './transform.js';
