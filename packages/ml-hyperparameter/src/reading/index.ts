export { contour, partialDependence } from './dependence.js';
export type { Contour, Dependence, DependenceOptions } from './dependence.js';
export { importance } from './importance.js';
export type { Importance, ImportanceOptions } from './importance.js';
export { curves, front, history, hypervolumeHistory, slice } from './series.js';
export type { HistoryPoint } from './series.js';
export {
  contourSvg,
  curvesSvg,
  dependenceSvg,
  frontSvg,
  historySvg,
  hypervolumeSvg,
  importanceSvg,
  parallelSvg,
  sliceSvg,
} from './plots.js';
