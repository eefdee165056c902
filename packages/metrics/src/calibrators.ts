import { minimise } from '@trainyard/numeric';
import type { Probabilities } from './probability.js';

/** Probabilities are kept from 0 and 1 by this before their log odds are taken: single precision still tells it from them. */
export const CALIBRATION_CLIP = 2 ** -23;

/** Points that a curve goes through, both rising; beyond the ends it stays at them. */
export interface Steps {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** How probabilities are mended. Curves are of the second class for two classes, else one for each, and the answers sum to 1. */
export type Calibrator =
  | { readonly method: 'temperature'; readonly temperature: number }
  | { readonly method: 'platt'; readonly curves: readonly { readonly slope: number; readonly intercept: number }[] }
  | { readonly method: 'isotonic'; readonly curves: readonly Steps[] };

const clipped = (p: number): number => Math.min(Math.max(p, CALIBRATION_CLIP), 1 - CALIBRATION_CLIP);
const logOdds = (p: number): number => Math.log(clipped(p) / (1 - clipped(p)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Learns from what a model answered to rows that it was not trained on. Truths are class indices. */
export function fitCalibrator(method: Calibrator['method'], truth: ArrayLike<number>, p: Probabilities): Calibrator {
  if (method === 'temperature') return { method, temperature: fitTemperature(truth, p) };
  const classes = p.classes === 2 ? [1] : Array.from({ length: p.classes }, (_, k) => k);
  const column = (k: number): Float64Array =>
    Float64Array.from({ length: truth.length }, (_, row) => p.values[row * p.classes + k]!);
  const is = (k: number): Float64Array => Float64Array.from(truth, (one) => (one === k ? 1 : 0));
  return method === 'platt'
    ? { method, curves: classes.map((k) => fitPlatt(column(k).map(logOdds), is(k))) }
    : { method, curves: classes.map((k) => fitIsotonic(column(k), is(k))) };
}

/**
 * Platt (1999): a sigmoid of the log odds, slope · x + intercept, with his targets, which keep a few rows from being taken for
 * certain.
 */
export function fitPlatt(x: Float64Array, is: Float64Array): { slope: number; intercept: number } {
  const positives = is.reduce((sum, one) => sum + one, 0);
  const targets = is.map((one) => (one ? (positives + 1) / (positives + 2) : 1 / (is.length - positives + 2)));
  const found = minimise(
    (at, slope) => {
      let loss = 0;
      slope.fill(0);
      for (let row = 0; row < x.length; row++) {
        const score = at[0]! * x[row]! + at[1]!;
        loss += Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - targets[row]! * score;
        const gap = sigmoid(score) - targets[row]!;
        slope[0]! += (gap * x[row]!) / x.length;
        slope[1]! += gap / x.length;
      }
      return loss / x.length;
    },
    Float64Array.of(1, 0),
    { iterations: 500, tolerance: 1e-10 },
  );
  return { slope: found.x[0]!, intercept: found.x[1]! };
}

/** Points nearer to each other are one, as in scikit-learn: they differ by rounding. */
const SAME = 1e-15;

/** Isotonic regression (pool adjacent violators; Zadrozny and Elkan 2002): the rising steps that lie nearest to the truths. */
export function fitIsotonic(x: Float64Array, y: Float64Array): Steps {
  const order = Array.from(x, (_, i) => i).sort((a, b) => x[a]! - x[b]!);
  const blocks: { from: number; to: number; sum: number; rows: number }[] = [];
  for (let i = 0; i < order.length;) {
    const at = x[order[i]!]!;
    let [sum, rows] = [0, 0];
    for (; i < order.length && x[order[i]!]! - at < SAME; i++) {
      sum += y[order[i]!]!;
      rows++;
    }
    let block = { from: at, to: at, sum, rows };
    let last = blocks.at(-1);
    while (last && last.sum / last.rows >= block.sum / block.rows) {
      blocks.pop();
      block = { from: last.from, to: block.to, sum: last.sum + block.sum, rows: last.rows + block.rows };
      last = blocks.at(-1);
    }
    blocks.push(block);
  }
  const points = blocks.flatMap(({ from, to, sum, rows }) =>
    (from === to ? [from] : [from, to]).map((at) => ({ at, value: sum / rows })),
  );
  return { x: points.map(({ at }) => at), y: points.map(({ value }) => value) };
}

/** Temperature scaling (Guo et al. 2017): logarithms of probabilities divided by one number, by which the log loss is least. */
function fitTemperature(truth: ArrayLike<number>, p: Probabilities): number {
  const { classes } = p;
  const logs = Float64Array.from(p.values, (value) => Math.log(clipped(value)));
  const powers = new Float64Array(classes);
  const found = minimise(
    ([logT], slope) => {
      // By its logarithm, so that it stays above 0.
      const beta = Math.exp(-logT!);
      let [loss, change] = [0, 0];
      for (let row = 0; row < truth.length; row++) {
        const own = logs.subarray(row * classes, (row + 1) * classes);
        const most = Math.max(...own) * beta;
        let [sum, mean] = [0, 0];
        for (let k = 0; k < classes; k++) sum += powers[k] = Math.exp(own[k]! * beta - most);
        for (let k = 0; k < classes; k++) mean += (powers[k]! / sum) * own[k]!;
        loss += Math.log(sum) + most - beta * own[truth[row]!]!;
        change += mean - own[truth[row]!]!;
      }
      slope[0] = (-beta * change) / truth.length;
      return loss / truth.length;
    },
    Float64Array.of(0),
    { iterations: 200, tolerance: 1e-10 },
  );
  return Math.exp(found.x[0]!);
}

/** Mends probabilities `[rows, classes]` in place. */
export function calibrate(calibrator: Calibrator, values: Float64Array, classes: number): void {
  const row = new Float64Array(classes);
  for (let at = 0; at < values.length; at += classes) {
    for (let k = 0; k < classes; k++) row[k] = values[at + k]!;
    if (calibrator.method === 'temperature') {
      const logs = row.map((p) => Math.log(clipped(p)) / calibrator.temperature);
      const most = Math.max(...logs);
      logs.forEach((log, k) => (row[k] = Math.exp(log - most)));
    } else if (classes === 2) {
      row[1] = mended(calibrator, 0, row[1]!);
      row[0] = 1 - row[1];
    } else row.forEach((p, k) => (row[k] = mended(calibrator, k, p)));
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += row[k]!;
    // Where every curve says 0, none is more probable than another.
    for (let k = 0; k < classes; k++) values[at + k] = sum > 0 ? row[k]! / sum : 1 / classes;
  }
}

function mended(calibrator: Exclude<Calibrator, { method: 'temperature' }>, curve: number, p: number): number {
  if (calibrator.method === 'isotonic') return stepAt(calibrator.curves[curve]!, p);
  const { slope, intercept } = calibrator.curves[curve]!;
  return sigmoid(slope * logOdds(p) + intercept);
}

/** The curve at a point: straight between its points. */
export function stepAt({ x, y }: Steps, at: number): number {
  const last = x.length - 1;
  if (at <= x[0]!) return y[0]!;
  if (at >= x[last]!) return y[last]!;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  return y[low]! + ((y[high]! - y[low]!) * (at - x[low]!)) / (x[high]! - x[low]!);
}
