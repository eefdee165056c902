import { rowsAt, weightsOf, type ClassRows } from '../rows.js';
import { heldOutDecisions } from './folds.js';
import { KernelRows, kernelValue, SomeKernelRows, type Kernel, type KernelMatrix } from './kernel.js';
import { optimise, type KernelMargin } from './minimal-optimisation.js';
import { couple, fitSigmoid, sigmoid } from './probabilities.js';

/** Support vectors for classes, one margin for each pair of classes. */
export interface KernelVectorsFit {
  readonly kernel: Kernel;
  readonly width: number;
  readonly classes: number;
  /** `[vectors, width]`, class after class. */
  readonly vectors: Float64Array;
  /** Vectors of each class. */
  readonly counts: ArrayLike<number>;
  /** `[classes - 1, vectors]`: of each vector its coefficient against each other class, in their order. */
  readonly coefficients: ArrayLike<number>;
  /** `[pairs]`, in the order 0 against 1, 0 against 2, …; above 0 a decision is for the first. */
  readonly intercepts: ArrayLike<number>;
  /** `[pairs, 2]`: slope and offset of the sigmoid. */
  readonly sigmoids: ArrayLike<number>;
}

export interface KernelVectorsOptions {
  readonly kernel: Kernel;
  readonly c: number;
  readonly tolerance: number;
  readonly iterations: number;
  readonly seed: number;
  readonly onMargin?: (done: number, of: number) => void;
}

export interface KernelVectorsResult extends KernelVectorsFit {
  /** Steps of the longest margin. */
  readonly iterations: number;
  readonly converged: boolean;
}

interface Pair {
  readonly margin: KernelMargin;
  /** Rows of the table, those of the first class before those of the second. */
  readonly rows: Int32Array;
}

/** Support vectors with a kernel (`optimise`), one margin for each pair of classes, with probabilities from held-out decisions. */
export function fitKernelVectors(data: ClassRows, options: KernelVectorsOptions): KernelVectorsResult {
  const { classes, labels, width } = data;
  const weights = weightsOf(data);
  const byClass = Array.from({ length: classes }, (_, k) =>
    Int32Array.from(labels.keys()).filter((row) => labels[row] === k && weights[row]! > 0),
  );
  const pairs = (classes * (classes - 1)) / 2;
  const fitted: Pair[] = [];
  const sigmoids = new Float64Array(pairs * 2);
  for (let one = 0; one < classes; one++)
    for (let other = one + 1; other < classes; other++) {
      options.onMargin?.(fitted.length, pairs);
      const rows = Int32Array.of(...byClass[one]!, ...byClass[other]!);
      const sides = Int8Array.from(rows, (row) => (labels[row] === one ? 1 : -1));
      const matrix = new KernelRows(options.kernel, rowsAt(data, rows), rows.length, width);
      const own = Float64Array.from(rows, (row) => weights[row]!);
      const prices = own.map((weight) => options.c * weight);
      const margin = optimise(matrix, sides, prices, options);
      const { slope, offset } = pairSigmoid(matrix, own, sides, margin, options, fitted.length);
      sigmoids.set([slope, offset], fitted.length * 2);
      fitted.push({ margin, rows });
    }
  const iterations = Math.max(0, ...fitted.map(({ margin }) => margin.iterations));
  const converged = fitted.every(({ margin }) => margin.converged);
  const gathered = gather(data, byClass, fitted);
  return { kernel: options.kernel, width, classes, ...gathered, sigmoids, iterations, converged };
}

function pairSigmoid(
  matrix: KernelMatrix,
  weights: Float64Array,
  sides: Int8Array,
  whole: KernelMargin,
  options: KernelVectorsOptions,
  pair: number,
): ReturnType<typeof fitSigmoid> {
  const { c } = options;
  const held = heldOutDecisions(sides, [options.seed, pair], (places) => {
    const margin = optimise(
      new SomeKernelRows(matrix, places),
      Int8Array.from(places, (place) => sides[place]!),
      Float64Array.from(places, (place) => c * weights[place]!),
      options,
    );
    return (row) => decide(matrix.row(row), margin, places);
  });
  const everyone = Int32Array.from(sides.keys());
  const decisions = held ?? Float64Array.from(everyone, (row) => decide(matrix.row(row), whole, everyone));
  return fitSigmoid(decisions, (row) => sides[row] === 1, weights);
}

/** The decision on a row, from its kernel values with all rows. */
function decide(values: Float64Array, { coefficients, intercept }: KernelMargin, of: Int32Array): number {
  let sum = intercept;
  for (let t = 0; t < of.length; t++) if (coefficients[t] !== 0) sum += coefficients[t]! * values[of[t]!]!;
  return sum;
}

/** The rows that support any margin, each once. */
function gather(
  data: ClassRows,
  byClass: readonly Int32Array[],
  pairs: readonly Pair[],
): Pick<KernelVectorsFit, 'vectors' | 'counts' | 'coefficients' | 'intercepts'> {
  const { classes } = data;
  const supports = new Uint8Array(data.rows);
  for (const { margin, rows } of pairs)
    margin.coefficients.forEach((coefficient, t) => {
      if (coefficient !== 0) supports[rows[t]!] = 1;
    });
  const kept = byClass.map((rows) => rows.filter((row) => supports[row] === 1));
  const vectors = Int32Array.from(kept.flatMap((rows) => [...rows]));
  const placeOf = new Map(Array.from(vectors, (row, place) => [row, place]));
  const coefficients = new Float64Array((classes - 1) * vectors.length);
  let pair = 0;
  for (let one = 0; one < classes; one++)
    for (let other = one + 1; other < classes; other++, pair++) {
      const { margin, rows } = pairs[pair]!;
      margin.coefficients.forEach((coefficient, t) => {
        if (coefficient === 0) return;
        const isOne = data.labels[rows[t]!] === one;
        coefficients[(isOne ? other - 1 : one) * vectors.length + placeOf.get(rows[t]!)!] = coefficient;
      });
    }
  return {
    vectors: rowsAt(data, vectors),
    counts: Float64Array.from(kept, ({ length }) => length),
    coefficients,
    intercepts: Float64Array.from(pairs, ({ margin }) => margin.intercept),
  };
}

/** Decision of each pair for each row: `[rows, pairs]`; above 0 for the first class. */
export function kernelDecisions(fit: KernelVectorsFit, features: Float64Array, rows: number): Float64Array {
  const { kernel, width, classes, vectors, counts, coefficients, intercepts } = fit;
  const all = vectors.length / width;
  const starts = [0];
  for (let k = 0; k < classes; k++) starts.push(starts[k]! + counts[k]!);
  const values = new Float64Array(all);
  const pairs = intercepts.length;
  const decisions = new Float64Array(rows * pairs);
  for (let row = 0; row < rows; row++) {
    for (let v = 0; v < all; v++) values[v] = kernelValue(kernel, vectors, v * width, features, row * width, width);
    let pair = row * pairs;
    for (let one = 0; one < classes; one++)
      for (let other = one + 1; other < classes; other++, pair++) {
        let sum = intercepts[pair - row * pairs]!;
        for (let v = starts[one]!; v < starts[one + 1]!; v++) sum += coefficients[(other - 1) * all + v]! * values[v]!;
        for (let v = starts[other]!; v < starts[other + 1]!; v++) sum += coefficients[one * all + v]! * values[v]!;
        decisions[pair] = sum;
      }
  }
  return decisions;
}

/** Probability of each class for each row: `[rows, classes]`. */
export function kernelVectorProbabilities(fit: KernelVectorsFit, features: Float64Array, rows: number): Float64Array {
  const { classes, sigmoids } = fit;
  const pairs = fit.intercepts.length;
  const decisions = kernelDecisions(fit, features, rows);
  const probabilities = new Float64Array(rows * classes);
  const against = new Float64Array(classes * classes);
  for (let row = 0; row < rows; row++) {
    let pair = 0;
    for (let one = 0; one < classes; one++)
      for (let other = one + 1; other < classes; other++, pair++) {
        const p = sigmoid(
          { slope: sigmoids[pair * 2]!, offset: sigmoids[pair * 2 + 1]! },
          decisions[row * pairs + pair]!,
        );
        against[one * classes + other] = p;
        against[other * classes + one] = 1 - p;
      }
    if (classes === 2) probabilities.set([against[1]!, against[2]!], row * 2);
    else couple(against, classes, probabilities, row * classes);
  }
  return probabilities;
}
