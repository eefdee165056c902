/** A fitted Gaussian process, to be asked and to be told what is believed. */
import { factorise, solveLower, solveUpper } from '../../numeric/cholesky.js';
import { exp } from '../../numeric/elementary.js';
import type { Features } from './features.js';
import { AMPLITUDE_PRIOR, centred, SQRT_5, type Hyperparameters } from './fit.js';

/** What a model says of a point. */
export interface Posterior {
  mean: number;
  deviation: number;
}

/** A fitted process, to be asked and to be told fantasies. */
export class Model {
  private readonly weights: Float64Array;
  private readonly flat: Float64Array;
  private readonly factor: Float64Array;
  private readonly stride: number;
  private readonly noise: number;
  private n: number;
  private alpha: Float64Array;
  private mean = 0;
  private amplitude = 1;
  private readonly values: number[];
  private readonly covariance: Float64Array;
  private readonly solved: Float64Array;
  private readonly pull: Float64Array;
  /** Of the row asked last: where it is, its scaled distance r from each row told, and exp(−r). */
  private readonly asked: Float64Array;
  private readonly distance: Float64Array;
  private readonly decay: Float64Array;
  private deviation = 1;

  /** `room` rows may be added later. */
  constructor(
    private readonly features: Features,
    rows: readonly Float64Array[],
    values: ArrayLike<number>,
    readonly hyperparameters: Hyperparameters,
    room = 0,
    private readonly extra?: Float64Array,
  ) {
    const d = features.count;
    this.weights = Float64Array.from({ length: d }, (_, f) => exp(-2 * (hyperparameters[f] as number)));
    this.stride = rows.length + room;
    this.flat = new Float64Array(this.stride * d);
    this.factor = new Float64Array(this.stride * this.stride);
    this.covariance = new Float64Array(this.stride);
    this.solved = new Float64Array(this.stride);
    this.pull = new Float64Array(this.stride);
    this.asked = new Float64Array(d);
    this.distance = new Float64Array(this.stride);
    this.decay = new Float64Array(this.stride);
    this.noise = exp(hyperparameters[d] as number);
    this.values = Array.from({ length: rows.length }, (_, i) => values[i] as number);
    this.n = 0;
    for (const row of rows) this.append(row);
    let noise = this.noise;
    // Rows that repeat one another may leave the matrix singular to rounding: more noise mends it.
    while (!factorise(this.factor, this.n, 0, this.stride)) {
      noise = Math.max(noise * 10, 1e-10);
      this.n = 0;
      for (const row of rows) this.append(row, noise);
    }
    const { alpha, mean, quadratic } = centred(this.factor, this.n, this.values, this.stride);
    this.alpha = alpha;
    this.mean = mean;
    this.amplitude = (quadratic + AMPLITUDE_PRIOR) / (this.n + AMPLITUDE_PRIOR);
  }

  private append(row: Float64Array, noise = this.noise): void {
    const d = this.features.count;
    this.correlations(row, this.covariance);
    this.factor.set(this.covariance.subarray(0, this.n), this.n * this.stride);
    this.factor[this.n * this.stride + this.n] = 1 + noise + (this.extra?.[this.n] ?? 0);
    this.flat.set(row, this.n * d);
    this.n++;
  }

  /** Adds a point with the value that the model expects there, so that another is not suggested beside it. */
  believe(row: Float64Array): void {
    const { mean } = this.posterior(row);
    this.append(row);
    this.values.push(mean);
    if (!factorise(this.factor, this.n, this.n - 1, this.stride)) {
      this.n--;
      this.values.pop();
      return;
    }
    const kept = this.mean;
    const alpha = Float64Array.from(this.values, (v) => v - kept);
    solveLower(this.factor, this.n, alpha, this.stride);
    solveUpper(this.factor, this.n, alpha, this.stride);
    this.alpha = alpha;
  }

  private correlations(row: Float64Array, out: Float64Array): void {
    const { flat, weights, distance, decay, n } = this;
    const { nominal, count } = this.features;
    for (let k = 0; k < n; k++) {
      let squared = 0;
      const base = k * count;
      for (let f = 0; f < count; f++) {
        const diff = (row[f] as number) - (flat[base + f] as number);
        squared += (weights[f] as number) * (nominal[f] === 1 ? (diff === 0 ? 0 : 1) : diff * diff);
      }
      const r = SQRT_5 * Math.sqrt(squared);
      const e = exp(-r);
      distance[k] = r;
      decay[k] = e;
      out[k] = (1 + r + (r * r) / 3) * e;
    }
  }

  /** Mean only: much cheaper than the whole posterior. */
  expectation(row: Float64Array): number {
    this.correlations(row, this.covariance);
    let sum = this.mean;
    for (let k = 0; k < this.n; k++) sum += (this.covariance[k] as number) * (this.alpha[k] as number);
    return sum;
  }

  /** Mean and standard deviation of the function (without noise) at a row. */
  posterior(row: Float64Array): Posterior {
    const n = this.n;
    const mean = this.expectation(row);
    const solved = this.solved;
    solved.set(this.covariance.subarray(0, n));
    solveLower(this.factor, n, solved, this.stride);
    let explained = 0;
    for (let k = 0; k < n; k++) explained += (solved[k] as number) * (solved[k] as number);
    this.asked.set(row);
    this.deviation = Math.sqrt(this.amplitude * Math.max(1e-14, 1 - explained));
    return { mean, deviation: this.deviation };
  }

  /** Writes the gradients of mean and deviation along the features, at the row whose posterior was asked last. */
  gradients(meanGradient: Float64Array, deviationGradient: Float64Array): void {
    const { asked: row, deviation, pull, flat, weights, n } = this;
    const { count, nominal } = this.features;
    pull.set(this.solved.subarray(0, n));
    solveUpper(this.factor, n, pull, this.stride);
    meanGradient.fill(0);
    deviationGradient.fill(0);
    for (let k = 0; k < n; k++) {
      const base = k * count;
      const r = this.distance[k] as number;
      const slope = (-5 / 3) * (1 + r) * (this.decay[k] as number);
      const toMean = slope * (this.alpha[k] as number);
      const toVariance = slope * (pull[k] as number);
      for (let f = 0; f < count; f++) {
        if (nominal[f] === 1) continue;
        const lean = (weights[f] as number) * ((row[f] as number) - (flat[base + f] as number));
        meanGradient[f] = (meanGradient[f] as number) + toMean * lean;
        deviationGradient[f] = (deviationGradient[f] as number) + toVariance * lean;
      }
    }
    for (let f = 0; f < count; f++)
      deviationGradient[f] = (-this.amplitude * (deviationGradient[f] as number)) / deviation;
  }

  /** Least value, told or believed, among those that `counts`: what a suggestion has to improve on. */
  leastValue(counts: (k: number) => boolean): number {
    return this.values.reduce((least, v, k) => (v < least && counts(k) ? v : least), Infinity);
  }
}
