export { applyTransform, applyTransformToRows, isMissing } from './apply.js';
export {
  featureNames,
  parseTransform,
  passesMissing,
  transformInputs,
  type CategoricalStep,
  type Cell,
  type FeatureRow,
  type FittedTransform,
  type NumericStep,
  type PassStep,
  type TransformInput,
  type TransformStep,
} from './transform.js';
