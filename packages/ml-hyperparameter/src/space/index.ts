export { boolean, categorical, conditional, float, int, ordinal } from './parameters.js';
export type {
  AnyConfiguration,
  BooleanParameter,
  CategoricalParameter,
  Choice,
  ConditionalParameter,
  Configuration,
  FloatParameter,
  IntParameter,
  NumberOptions,
  OrdinalParameter,
  Parameter,
  Space,
} from './parameters.js';
export { forbid, linear } from './restrictions.js';
export type { ForbiddenCombination, LinearRestriction, Restriction } from './restrictions.js';
export { Domain } from './domain.js';
export type { Point } from './domain.js';
export type { Dimension } from './compile.js';
