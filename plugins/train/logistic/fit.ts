import type { Dataset } from '../dataset.js';
import { minimise, type Minimum } from './minimise.js';

export interface LogisticFit {
  /** `[features, classes]`; each row sums to 0. */
  readonly coefficients: Float64Array;
  /** `[classes]`; they sum to 0. */
  readonly intercepts: Float64Array;
  readonly minimum: Minimum;
}

export interface LogisticOptions {
  /** λ: half of it times the sum of squared coefficients is added to the loss. scikit-learn's C is 1/λ. */
  readonly l2: number;
  /** Weight of each class's rows. */
  readonly weights: Float64Array;
  readonly iterations: number;
  /** Largest slope a row. */
  readonly tolerance: number;
  readonly onIteration?: (iteration: number, slope: number) => void;
}

/**
 * Multinomial logistic regression: least Σ weight · −log p(class) + λ/2 · Σ coefficient², intercepts not penalised.
 * With two classes the penalty is on their difference, as where one class is modelled against the other, so results
 * equal scikit-learn's there too.
 */
export function fitLogistic(data: Dataset, options: LogisticOptions): LogisticFit {
  const { rows, width, features, labels } = data;
  const classes = data.classes.length;
  const lambda = classes === 2 ? options.l2 * 2 : options.l2;
  const coefficients = width * classes;
  const scores = new Float64Array(classes);
  const minimum = minimise(
    (x, slope) => {
      slope.fill(0);
      let loss = 0;
      for (let i = 0; i < coefficients; i++) {
        loss += (lambda / 2) * x[i]! * x[i]!;
        slope[i] = lambda * x[i]!;
      }
      for (let row = 0; row < rows; row++) {
        const start = row * width;
        const label = labels[row]!;
        const weight = options.weights[label]!;
        for (let k = 0; k < classes; k++) scores[k] = x[coefficients + k]!;
        for (let j = 0; j < width; j++) {
          const value = features[start + j]!;
          if (value !== 0) for (let k = 0; k < classes; k++) scores[k]! += value * x[j * classes + k]!;
        }
        const most = Math.max(...scores);
        let total = 0;
        for (let k = 0; k < classes; k++) total += Math.exp(scores[k]! - most);
        loss += weight * (most + Math.log(total) - scores[label]!);
        for (let k = 0; k < classes; k++) {
          const error = weight * (Math.exp(scores[k]! - most) / total - (k === label ? 1 : 0));
          slope[coefficients + k]! += error;
          for (let j = 0; j < width; j++) slope[j * classes + k]! += error * features[start + j]!;
        }
      }
      return loss;
    },
    new Float64Array(coefficients + classes),
    { ...options, tolerance: options.tolerance * rows },
  );
  return {
    coefficients: minimum.x.slice(0, coefficients),
    intercepts: minimum.x.slice(coefficients),
    minimum,
  };
}
