export { applyTransform, applyTransformToRows, isMissing } from './apply.js';
export {
  featureNames,
  parseTransform,
  transformInputs,
  type CategoricalStep,
  type Cell,
  type FeatureRow,
  type FittedTransform,
  type NumericStep,
  type TransformInput,
  type TransformStep,
} from './transform.js';
