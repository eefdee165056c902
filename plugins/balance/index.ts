export { representation, resample, weights } from './balance.js';
export type { RepresentationFigures, ResampleFigures, WeightFigures } from './contract.js';
