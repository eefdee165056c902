import { addSlopes, scoreRows } from './class-scores.js';
import { minimiseSparse } from './minimise-sparse.js';
import { minimise, type Minimum, type Objective } from './minimise.js';
import { softmax } from './softmax.js';

/** Rows with a class each. */
export interface ClassifiedRows {
  readonly rows: number;
  /** Features of a row. */
  readonly width: number;
  /** `[rows, width]`, row after row. */
  readonly features: Float64Array;
  /** Index of each row's class, from 0. */
  readonly labels: Int32Array;
  /** Weight of each row, beside that of its class; 1 where it is left out. */
  readonly weights?: Float64Array | undefined;
}

export interface LogisticFit {
  readonly width: number;
  readonly classes: number;
  /** `[features, classes]`; each row sums to 0. */
  readonly coefficients: ArrayLike<number>;
  /** `[classes]`; they sum to 0. */
  readonly intercepts: ArrayLike<number>;
}

export interface LogisticOptions {
  /** λ: half of it times the sum of squared coefficients is added to the loss. scikit-learn's C is 1/λ. */
  readonly l2: number;
  /** Times the sum of absolute coefficients is added; 0 where it is left out. */
  readonly l1?: number | undefined;
  /** Weight of each class's rows; one for each class that there is. */
  readonly weights: Float64Array;
  readonly iterations: number;
  /** Largest slope a row. */
  readonly tolerance: number;
  readonly onIteration?: (iteration: number, slope: number) => void;
}

/** Rows whose scores are held at once. */
const STRETCH = 256;

/**
 * Multinomial logistic regression: least Σ weight · −log p(class) + λ/2 · Σ coefficient² + l1 · Σ |coefficient|,
 * intercepts not penalised.
 * With two classes the penalty is on their difference, as where one class is modelled against the other, so results
 * equal scikit-learn's there too.
 */
export function fitLogistic(
  { rows, width, features, labels, weights }: ClassifiedRows,
  options: LogisticOptions,
): LogisticFit & {
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
  readonly minimum: Minimum;
} {
  const classes = options.weights.length;
  const lambda = classes === 2 ? options.l2 * 2 : options.l2;
  const coefficients = width * classes;
  const byClass = new Float64Array(coefficients);
  const slopes = new Float64Array(coefficients);
  const scores = new Float64Array(STRETCH * classes);
  const objective: Objective = (x, slope) => {
    let loss = 0;
    slopes.fill(0);
    slope.fill(0);
    for (let j = 0; j < width; j++) for (let k = 0; k < classes; k++) byClass[k * width + j] = x[j * classes + k]!;
    const intercepts = x.subarray(coefficients);
    for (let i = 0; i < coefficients; i++) loss += (lambda / 2) * x[i]! * x[i]!;
    for (let first = 0; first < rows; first += STRETCH) {
      const count = Math.min(STRETCH, rows - first);
      scoreRows(features, first, count, width, byClass, intercepts, scores);
      for (let row = 0, at = 0; row < count; row++, at += classes) {
        const label = labels[first + row]!;
        const weight = options.weights[label]! * (weights?.[first + row] ?? 1);
        let most = -Infinity;
        for (let k = 0; k < classes; k++) if (scores[at + k]! > most) most = scores[at + k]!;
        const own = scores[at + label]!;
        let total = 0;
        for (let k = 0; k < classes; k++) total += scores[at + k] = Math.exp(scores[at + k]! - most);
        loss += weight * (most + Math.log(total) - own);
        for (let k = 0; k < classes; k++) {
          const error = weight * (scores[at + k]! / total - (k === label ? 1 : 0));
          scores[at + k] = error;
          slope[coefficients + k]! += error;
        }
      }
      addSlopes(features, first, count, width, scores, classes, slopes);
    }
    for (let j = 0; j < width; j++)
      for (let k = 0; k < classes; k++) slope[j * classes + k] = lambda * x[j * classes + k]! + slopes[k * width + j]!;
    return loss;
  };
  const start = new Float64Array(coefficients + classes);
  const stopping = { ...options, tolerance: options.tolerance * rows };
  const { l1 = 0 } = options;
  const minimum =
    l1 > 0
      ? minimiseSparse(
          objective,
          start.map((_, i) => (i < coefficients ? l1 : 0)),
          start,
          stopping,
        )
      : minimise(objective, start, stopping);
  return {
    width,
    classes,
    coefficients: minimum.x.slice(0, coefficients),
    intercepts: minimum.x.slice(coefficients),
    minimum,
  };
}

/** Probability of each class for each row: `[rows, classes]`, row after row. */
export function classProbabilities(
  { width, classes, coefficients, intercepts }: LogisticFit,
  features: ArrayLike<number>,
  rows: number,
): Float64Array {
  const scores = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const to = row * classes;
    scores.set(intercepts, to);
    for (let i = 0; i < width; i++) {
      const value = features[row * width + i]!;
      for (let k = 0; k < classes; k++) scores[to + k]! += value * coefficients[i * classes + k]!;
    }
    softmax(scores, to, to + classes);
  }
  return scores;
}
