import { rowsAt, weightsOf, type ClassRows } from '../rows.js';
import { heldOutDecisions } from './folds.js';
import { fitLinearMargin, type Margin } from './linear.js';
import { fitSigmoid, sigmoid, type Sigmoid } from './probabilities.js';

/** Linear support vectors for classes: each class against the rest; of two, the second against the first. */
export interface LinearVectorsFit {
  readonly width: number;
  readonly classes: number;
  /** `[margins, width]`; one margin for two classes, else one a class. */
  readonly coefficients: ArrayLike<number>;
  /** `[margins]`. */
  readonly intercepts: ArrayLike<number>;
  /** `[margins, 2]`: slope and offset of the sigmoid that makes probabilities of decisions. */
  readonly sigmoids: ArrayLike<number>;
}

export interface LinearVectorsOptions {
  readonly c: number;
  readonly iterations: number;
  readonly tolerance: number;
  readonly seed: number;
  readonly onMargin?: (done: number, of: number) => void;
}

export interface LinearVectorsResult extends LinearVectorsFit {
  readonly iterations: number;
  readonly converged: boolean;
}

/** Linear support vectors (`fitLinearMargin`) with probabilities from held-out decisions (`fitSigmoid`). */
export function fitLinearVectors(data: ClassRows, options: LinearVectorsOptions): LinearVectorsResult {
  const { width, classes, labels } = data;
  const margins = classes === 2 ? 1 : classes;
  const coefficients = new Float64Array(margins * width);
  const intercepts = new Float64Array(margins);
  const sigmoids = new Float64Array(margins * 2);
  let [iterations, converged] = [0, true];
  for (let margin = 0; margin < margins; margin++) {
    options.onMargin?.(margin, margins);
    const own = classes === 2 ? 1 : margin;
    const sides = Int8Array.from(labels, (label) => (label === own ? 1 : -1));
    const fitted = fitLinearMargin(data, sides, { ...options, seed: [options.seed, margin] });
    coefficients.set(fitted.coefficients, margin * width);
    intercepts[margin] = fitted.intercept;
    const { slope, offset } = sigmoidOf(data, sides, fitted, options, margin);
    sigmoids.set([slope, offset], margin * 2);
    iterations = Math.max(iterations, fitted.iterations);
    converged &&= fitted.converged;
  }
  return { width, classes, coefficients, intercepts, sigmoids, iterations, converged };
}

function sigmoidOf(
  data: ClassRows,
  sides: Int8Array,
  whole: Margin,
  options: LinearVectorsOptions,
  margin: number,
): Sigmoid {
  const weights = weightsOf(data);
  const decide = (fitted: Margin) => (row: number) => marginOf(fitted, data.features, row * data.width);
  const held = heldOutDecisions(sides, [options.seed, margin], (rows, fold) =>
    decide(
      fitLinearMargin(
        {
          rows: rows.length,
          width: data.width,
          features: rowsAt(data, rows),
          weights: Float64Array.from(rows, (row) => weights[row]!),
        },
        Int8Array.from(rows, (row) => sides[row]!),
        { ...options, seed: [options.seed, margin, fold] },
      ),
    ),
  );
  const decisions = held ?? Float64Array.from({ length: data.rows }, (_, row) => decide(whole)(row));
  return fitSigmoid(decisions, (row) => sides[row] === 1, weights);
}

function marginOf({ coefficients, intercept }: Margin, features: Float64Array, at: number): number {
  let sum = intercept;
  for (let j = 0; j < coefficients.length; j++) sum += coefficients[j]! * features[at + j]!;
  return sum;
}

/** Decision of each margin for each row: `[rows, margins]`. */
export function linearDecisions(fit: LinearVectorsFit, features: Float64Array, rows: number): Float64Array {
  const { width, coefficients, intercepts } = fit;
  const margins = intercepts.length;
  const decisions = new Float64Array(rows * margins);
  for (let row = 0; row < rows; row++)
    for (let margin = 0; margin < margins; margin++) {
      let sum = intercepts[margin]!;
      for (let j = 0; j < width; j++) sum += coefficients[margin * width + j]! * features[row * width + j]!;
      decisions[row * margins + margin] = sum;
    }
  return decisions;
}

/** Probability of each class for each row, those of the margins divided by their sum: `[rows, classes]`. */
export function linearVectorProbabilities(fit: LinearVectorsFit, features: Float64Array, rows: number): Float64Array {
  const { classes, sigmoids } = fit;
  const margins = fit.intercepts.length;
  const decisions = linearDecisions(fit, features, rows);
  const probabilities = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const of = (margin: number): number =>
      sigmoid({ slope: sigmoids[margin * 2]!, offset: sigmoids[margin * 2 + 1]! }, decisions[row * margins + margin]!);
    if (classes === 2) {
      probabilities[row * 2 + 1] = of(0);
      probabilities[row * 2] = 1 - of(0);
      continue;
    }
    let total = 0;
    for (let k = 0; k < classes; k++) total += probabilities[row * classes + k] = of(k);
    for (let k = 0; k < classes; k++)
      probabilities[row * classes + k] = total > 0 ? probabilities[row * classes + k]! / total : 1 / classes;
  }
  return probabilities;
}
