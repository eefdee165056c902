export {
  accuracy,
  averages,
  balancedAccuracy,
  expectedCost,
  fBeta,
  fBetaAverages,
  kappa,
  matthews,
  perClass,
} from './classification.js';
export type { Averages, ClassFigures } from './classification.js';
export {
  calibrate,
  CALIBRATION_CLIP,
  fitCalibrator,
  fitIsotonic,
  fitPlatt,
  stepAt,
  type Calibrator,
  type Steps,
} from './calibrators.js';
export { CALIBRATION_NAMES, TASK_FIGURES, type FiguresOf } from './contract.js';
export { confusionMatrix, type Confusion } from './confusion.js';
export { curvesOf, type ClassCurves, type CurvePoint } from './curves.js';
export { allUnits, drawRows } from './draw.js';
export {
  alwaysInterval,
  joinArms,
  joinOutcomes,
  judgeExperiment,
  meanDeviations,
  mismatchOdds,
  outcomeTotalsOf,
  planExperiment,
  rowsFor,
  shareDeviations,
  type Arms,
} from './experiment/index.js';
export {
  FAIRNESS_GAPS,
  gapInterval,
  gapOf,
  groupRates,
  leastOf,
  pairsOf,
  ratioOf,
  type FairnessGap,
  type GroupedAnswers,
  type GroupRates,
} from './fairness.js';
export { naiveError, smape } from './forecast-error.js';
export { figuresOf, type Figures } from './figures.js';
export { bootstrap, newcombe, quantile, wilson, type Confidence, type Interval, type Share } from './intervals.js';
export {
  betterOf,
  comparePaired,
  findFigure,
  headlinesOf,
  interval95,
  intervalsOf,
  measure,
  nested,
  sharedDraws,
  shortName,
  valueOn,
  type Draws,
  type MeasuredFigures,
  type PairedDifference,
} from './measure.js';
export { mcnemar, type McNemar } from './mcnemar.js';
export {
  brierScore,
  calibration,
  chooseClass,
  expectedCalibrationError,
  logLoss,
  mostProbable,
  placeOfTruth,
  rocAuc,
  rocAucOf,
  topAccuracy,
  type CalibrationBin,
  type Probabilities,
} from './probability.js';
export {
  classCounts,
  exactMatches,
  f1Of,
  hammingLoss,
  f1Macro as f1MacroOfSets,
  f1Micro as f1MicroOfSets,
  type ClassCounts,
  type LabelSets,
} from './multi-label.js';
export { coverage, pinballLoss } from './quantile-loss.js';
export { rankedAveragePrecision, rankedLift, rankedRocAuc, rankRows, type RankedRows } from './ranked.js';
export { averagePrecision, ndcg, reciprocalRank, type RankedGroup } from './ranking.js';
export {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanError,
  meanSquaredError,
  medianAbsoluteError,
  r2,
  rootMeanSquaredError,
} from './regression.js';
export { nearestAlikePlaces } from './retrieval.js';
export { drawnMeanTail, holm, hypergeometricTail, largerTail, midranks, normalQuantile, normalTail } from './tails.js';
export {
  chosenClasses,
  figuresOfTask,
  isMeasuredTask,
  MEASURED_TASKS,
  quantileColumn,
  type Answered,
  type Better,
  type ClassificationSample,
  type EmbeddingSample,
  type Figure,
  type FigureValue,
  type ForecastingSample,
  type MeasuredTask,
  type MultiLabelSample,
  type QuantilesSample,
  type RankingSample,
  type RegressionSample,
  type Sample,
  type ServedRow,
  type TaskFigures,
  type TruthCell,
} from './tasks/index.js';
