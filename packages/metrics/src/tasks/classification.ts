import { accuracy, averages, balancedAccuracy, kappa, matthews } from '../classification.js';
import { confusionMatrix, type Confusion } from '../confusion.js';
import { drawRows } from '../draw.js';
import {
  brierScore,
  calibration,
  chooseClass,
  expectedCalibrationError,
  logLoss,
  rocAuc,
  type Probabilities,
} from '../probability.js';
import { presentText } from './cells.js';
import type { Figure, Sample, TaskFigures } from './task-figures.js';

export interface ClassificationSample extends Sample {
  /** The models' classes and those that the rows have, sorted by code unit. */
  readonly classes: readonly string[];
  /** Index of each row's true class, and of the one answered. */
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Over `classes`: a class that the model does not know has probability 0. Undefined where only the answers are known. */
  readonly probabilities: (Probabilities & { readonly values: Float64Array }) | undefined;
}

const byConfusion =
  (of: (confusion: Confusion) => number): Figure<ClassificationSample>['of'] =>
  ({ truth, predicted, classes }, drawn) =>
    of(confusionMatrix(drawRows(truth, drawn), drawRows(predicted, drawn), classes.length));

const byProbability =
  (of: (truth: Int32Array, p: Probabilities) => number | undefined): Figure<ClassificationSample>['of'] =>
  ({ truth, probabilities }, drawn) => {
    if (!probabilities) return undefined;
    const values = drawRows(probabilities.values, drawn, probabilities.classes);
    return of(drawRows(truth, drawn), { values, classes: probabilities.classes });
  };

const averaged = (
  of: 'f1' | 'precision' | 'recall',
  way: 'micro' | 'macro' | 'weighted',
): Figure<ClassificationSample> => ({
  name: `${of}.${way}`,
  title: `${of === 'f1' ? 'F1' : of}, ${way}`,
  better: 'larger',
  of: byConfusion((confusion) => averages(confusion, of)[way]),
});

const figures: readonly Figure<ClassificationSample>[] = [
  { name: 'accuracy', title: 'accuracy', better: 'larger', interval: 'share', of: byConfusion(accuracy) },
  { name: 'balancedAccuracy', title: 'balanced accuracy', better: 'larger', of: byConfusion(balancedAccuracy) },
  averaged('f1', 'micro'),
  { ...averaged('f1', 'macro'), interval: 'bootstrap' },
  averaged('f1', 'weighted'),
  averaged('precision', 'micro'),
  averaged('precision', 'macro'),
  averaged('precision', 'weighted'),
  averaged('recall', 'micro'),
  averaged('recall', 'macro'),
  averaged('recall', 'weighted'),
  {
    name: 'logLoss',
    title: 'log loss, nats a row',
    better: 'smaller',
    interval: 'bootstrap',
    of: byProbability(logLoss),
  },
  { name: 'brier', title: 'Brier score', better: 'smaller', of: byProbability(brierScore) },
  { name: 'rocAuc', title: 'ROC AUC, one against the rest', better: 'larger', of: byProbability(rocAuc) },
  { name: 'matthews', title: 'Matthews correlation', better: 'larger', of: byConfusion(matthews) },
  { name: 'kappa', title: "Cohen's kappa", better: 'larger', of: byConfusion(kappa) },
  {
    name: 'calibrationError',
    title: 'calibration error',
    better: 'smaller',
    of: byProbability((truth, p) => expectedCalibrationError(calibration(truth, p))),
  },
];

export interface ClassificationTask {
  readonly type: 'classification';
  readonly label: string;
  readonly classes: readonly string[];
  readonly threshold?: number | undefined;
}

/** One of two or more classes for each row. */
export const classificationFigures: TaskFigures<ClassificationTask, string, ClassificationSample> = {
  type: 'classification',
  figures,
  headlines: ['f1.macro', 'accuracy'],
  slices: ['accuracy', 'f1.macro'],
  label: ({ label }) => label,
  truth: presentText,
  truthIs: () => 'a class',
  samples: (truths, models) => {
    const classes = [...new Set([...models.flatMap(({ task }) => task.classes), ...truths])].sort();
    const places = new Map(classes.map((name, k) => [name, k]));
    const truth = Int32Array.from(truths, (name) => places.get(name)!);
    return models.map(({ task, numbers }) => {
      const own = task.classes.length;
      const values = new Float64Array(truths.length * classes.length);
      const predicted = new Int32Array(truths.length);
      const to = task.classes.map((name) => places.get(name)!);
      for (let row = 0; row < truths.length; row++) {
        const scores = numbers.subarray(row * own, (row + 1) * own);
        scores.forEach((value, k) => (values[row * classes.length + to[k]!] = value));
        predicted[row] = to[chooseClass(scores, task)]!;
      }
      const probabilities = { values, classes: classes.length };
      return { units: truths.length, classes, truth, predicted, probabilities };
    });
  },
  served: (rows) => {
    const labels = rows.map(({ answer }) => String((answer as { readonly label?: unknown } | null)?.label));
    const classes = [...new Set([...labels, ...rows.map(({ truth }) => truth)])].sort();
    const places = new Map(classes.map((name, k) => [name, k]));
    return {
      units: rows.length,
      classes,
      truth: Int32Array.from(rows, ({ truth }) => places.get(truth)!),
      predicted: Int32Array.from(labels, (name) => places.get(name)!),
      probabilities: undefined,
    };
  },
  right: ({ truth, predicted }) => Array.from(truth, (label, row) => label === predicted[row]),
};
