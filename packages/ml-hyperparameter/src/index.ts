/** Hyperparameter search: typed spaces, samplers, pruners and studies; pure and deterministic. */
export { SearchError } from './errors.js';
export type { SearchErrorCode, SearchErrorDetail } from './errors.js';
export { dominates, dominationRanks, Front, hypervolume } from './numeric/pareto.js';
export { generator } from './random.js';
export type { Generator } from './random.js';
export { boolean, categorical, conditional, Domain, float, forbid, int, linear, ordinal } from './space/index.js';
export type {
  AnyConfiguration,
  BooleanParameter,
  CategoricalParameter,
  Choice,
  ConditionalParameter,
  Configuration,
  Dimension,
  FloatParameter,
  ForbiddenCombination,
  IntParameter,
  LinearRestriction,
  NumberOptions,
  OrdinalParameter,
  Parameter,
  Point,
  Restriction,
  Space,
} from './space/index.js';
export { samplerNames } from './samplers/index.js';
export type { Json, Sampler, SamplerSpec, SamplerView, Suggestion } from './samplers/index.js';
export { prunerNames } from './pruners/index.js';
export type { Pruner, PrunerSpec, PrunerView } from './pruners/index.js';
export { createStudy, Study } from './study/index.js';
export type {
  AskedTrial,
  Direction,
  Directions,
  Objective,
  Observation,
  OwnParts,
  Proposal,
  Result,
  StudyJson,
  StudyOptions,
  Trial,
  TrialState,
} from './study/index.js';
export {
  contour,
  contourSvg,
  curves,
  curvesSvg,
  dependenceSvg,
  front,
  frontSvg,
  history,
  historySvg,
  hypervolumeHistory,
  hypervolumeSvg,
  importance,
  importanceSvg,
  parallelSvg,
  partialDependence,
  slice,
  sliceSvg,
} from './reading/index.js';
export type {
  Contour,
  Dependence,
  DependenceOptions,
  HistoryPoint,
  Importance,
  ImportanceOptions,
} from './reading/index.js';
