import { accuracy, averages, balancedAccuracy, kappa, matthews, type Averages } from './classification.js';
import { confusionMatrix } from './confusion.js';
import {
  brierScore,
  calibration,
  expectedCalibrationError,
  logLoss,
  mostProbable,
  rocAuc,
  type Probabilities,
} from './probability.js';

/** The figures of a classifier on labelled rows; what tuning, gates and reports read. */
export interface Figures {
  /** Rows. */
  readonly n: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly f1: Averages;
  readonly precision: Averages;
  readonly recall: Averages;
  /** Nats a row; lower is better. */
  readonly logLoss: number;
  readonly brier: number;
  /** Null when a class has no rows, or all of them. */
  readonly rocAuc: number | null;
  readonly matthews: number;
  /** Null when it is not defined. */
  readonly kappa: number | null;
  readonly calibrationError: number;
}

/** All figures of predicted probabilities beside the truth, given as class indices. `predicted` says otherwise than the most probable class. */
export function figuresOf(
  truth: ArrayLike<number>,
  p: Probabilities,
  predicted: ArrayLike<number> = mostProbable(p),
): Figures {
  const confusion = confusionMatrix(truth, predicted, p.classes);
  const agreement = kappa(confusion);
  return {
    n: truth.length,
    accuracy: accuracy(confusion),
    balancedAccuracy: balancedAccuracy(confusion),
    f1: averages(confusion, 'f1'),
    precision: averages(confusion, 'precision'),
    recall: averages(confusion, 'recall'),
    logLoss: logLoss(truth, p),
    brier: brierScore(truth, p),
    rocAuc: rocAuc(truth, p) ?? null,
    matthews: matthews(confusion),
    kappa: Number.isFinite(agreement) ? agreement : null,
    calibrationError: expectedCalibrationError(calibration(truth, p)),
  };
}
