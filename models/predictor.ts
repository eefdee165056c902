import { applyTransform, featureNames, type FeatureRow, type FittedTransform } from '../transforms/index.js';
import type { ModelCard } from './card.js';
import { unfit, type Scorer } from './learner.js';
import { checkRows } from './request.js';

/** A classifier's answer for one row. */
export interface Prediction {
  readonly label: string;
  /** By class, summing to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** An opened model with its fitted transform inside. It holds no state between calls: one may serve many at once. */
export interface Predictor {
  readonly card: ModelCard;
  /** In the order of `score`'s columns. */
  readonly classes: readonly string[];
  /** Answers rows by column name; each must bring every input, `null` where it is not known. Throws TY-PREDICT-INPUT. */
  predict(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Prediction[]>;
  /**
   * Probabilities `[rows, classes]`, row after row, of rows that are known to fit, such as those of a table: columns
   * that the model does not use may be there. A row alone and in a batch give the same bits.
   */
  score(rows: readonly FeatureRow[]): Promise<Float64Array>;
  /** Index of the class answered for a row's probabilities: the most probable, or by the card's threshold. */
  choose(probabilities: ArrayLike<number>): number;
  /** Frees what the model holds outside JavaScript's memory. */
  dispose(): void;
}

/** Joins a model's parts. Throws a UserError when transform, learner and classes do not fit each other. */
export function joinPredictor(card: ModelCard, transform: FittedTransform, scorer: Scorer): Predictor {
  const features = featureNames(transform).length;
  if (features !== scorer.features)
    throw unfit("the model's transform does not fit its weights", {
      expected: `${scorer.features} features`,
      actual: `${features} features`,
    });
  const { classes, threshold } = card;
  if (classes.length !== scorer.outputs)
    throw unfit("the model's classes do not fit its weights", {
      expected: `${scorer.outputs} classes`,
      actual: `${classes.length} classes`,
    });
  const scoreRow = (row: FeatureRow): Float64Array => scorer.score(applyTransform(transform, row));
  const choose = (probabilities: ArrayLike<number>): number => {
    if (threshold !== undefined && classes.length === 2) return probabilities[1]! >= threshold ? 1 : 0;
    let best = 0;
    for (let k = 1; k < classes.length; k++) if (probabilities[k]! > probabilities[best]!) best = k;
    return best;
  };
  return {
    card,
    classes,
    choose,
    predict: async (rows) => {
      checkRows(card.inputs, rows);
      return rows.map((row) => {
        const probabilities = scoreRow(row);
        return {
          label: classes[choose(probabilities)]!,
          probabilities: Object.fromEntries(classes.map((name, k) => [name, probabilities[k]!])),
        };
      });
    },
    score: async (rows) => {
      const all = new Float64Array(rows.length * classes.length);
      rows.forEach((row, i) => all.set(scoreRow(row), i * classes.length));
      return all;
    },
    dispose: () => undefined,
  };
}
