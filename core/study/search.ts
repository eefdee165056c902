/** Spaces for `tune`, as the library ml-hyperparameter defines them: it comes inside this package. */
export {
  boolean,
  categorical,
  conditional,
  float,
  forbid,
  int,
  linear,
  ordinal,
  type SamplerSpec,
  type Space,
} from 'ml-hyperparameter';
