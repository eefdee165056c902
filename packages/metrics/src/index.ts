export { accuracy, averages, balancedAccuracy, kappa, matthews, perClass } from './classification.js';
export type { Averages, ClassFigures } from './classification.js';
export { confusionMatrix, type Confusion } from './confusion.js';
export { curvesOf, type ClassCurves, type CurvePoint } from './curves.js';
export { figuresOf, type Figures } from './figures.js';
export { bootstrap, quantile, wilson, type Interval } from './intervals.js';
export { mcnemar, type McNemar } from './mcnemar.js';
export {
  brierScore,
  calibration,
  expectedCalibrationError,
  logLoss,
  mostProbable,
  rocAuc,
  rocAucOf,
  type CalibrationBin,
  type Probabilities,
} from './probability.js';
