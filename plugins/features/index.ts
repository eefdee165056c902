export { applyFeatures as apply, type AppliedFigures, type HistoryFigures } from './contract.js';
export { history } from './history.js';
export { fit, type FittedFeatures } from './fit.js';
export { recipe, type Recipe, type RecipeFor } from './recipe.js';
export {
  applyTransform,
  applyTransformToRows,
  featureNames,
  isMissing,
  parseTransform,
  transformInputs,
  type Cell,
  type FeatureRow,
  type FittedTransform,
  type TransformInput,
  type TransformStep,
} from '@trainyard/transforms';
export {
  binOf,
  monitorReference,
  placeOf,
  type CategoricalReference,
  type ColumnReference,
  type MonitorReference,
  type NumericReference,
} from './reference.js';
