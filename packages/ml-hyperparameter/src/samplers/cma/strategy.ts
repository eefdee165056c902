/**
 * The state of a CMA-ES and its update after a generation, with active (negative) weights.
 * Source: N. Hansen, The CMA evolution strategy: a tutorial (2016), whose symbols are kept.
 */
import { exp, log } from '../../numeric/elementary.js';
import { eigen, type Eigen } from '../../numeric/symmetric.js';

/** What is kept from one generation to the next. Plain JSON. */
export interface State {
  /** λ: points a generation. */
  readonly size: number;
  readonly generation: number;
  readonly mean: readonly number[];
  readonly sigma: number;
  /** C, row-major. */
  readonly covariance: readonly number[];
  readonly pathSigma: readonly number[];
  readonly pathC: readonly number[];
}

/** λ of the first descent in n dimensions. */
export function defaultSize(n: number): number {
  return 4 + Math.floor(3 * log(n));
}

/** A fresh state around a mean in the unit cube. */
export function fresh(mean: readonly number[], sigma: number, size: number): State {
  const n = mean.length;
  const covariance = new Array<number>(n * n).fill(0);
  for (let i = 0; i < n; i++) covariance[i * n + i] = 1;
  return {
    size,
    generation: 0,
    mean,
    sigma,
    covariance,
    pathSigma: new Array<number>(n).fill(0),
    pathC: new Array<number>(n).fill(0),
  };
}

/** Decomposition of C, with eigenvalues kept positive. */
export function axesOf(state: State): Eigen {
  const e = eigen(state.covariance, state.mean.length);
  return { values: e.values.map((v) => Math.max(v, 1e-20)), vectors: e.vectors };
}

/** mean + σ·B·D·z. */
export function place(state: State, axes: Eigen, z: ArrayLike<number>): number[] {
  const n = state.mean.length;
  return state.mean.map((m, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++)
      sum += (axes.vectors[i * n + k] as number) * Math.sqrt(axes.values[k] as number) * (z[k] as number);
    return m + state.sigma * sum;
  });
}

const square = (x: number): number => x * x;

/** The constants of the tutorial's table 1. */
function constants(n: number, lambda: number) {
  const mu = Math.floor(lambda / 2);
  const raw = Array.from({ length: lambda }, (_, i) => log((lambda + 1) / 2) - log(i + 1));
  const sum = (a: readonly number[]): number => a.reduce((s, v) => s + v, 0);
  const squares = (a: readonly number[]): number => a.reduce((s, v) => s + v * v, 0);
  const positive = raw.slice(0, mu);
  const negative = raw.slice(mu);
  const muEff = square(sum(positive)) / squares(positive);
  const muEffMinus = square(sum(negative)) / squares(negative);
  const c1 = 2 / (square(n + 1.3) + muEff);
  const cMu = Math.min(1 - c1 - 1e-8, (2 * (muEff - 2 + 1 / muEff)) / (square(n + 2) + muEff));
  const least = Math.min(1 + c1 / cMu, 1 + (2 * muEffMinus) / (muEff + 2), (1 - c1 - cMu) / (n * cMu));
  const up = sum(raw.filter((w) => w > 0));
  const down = -sum(raw.filter((w) => w < 0));
  const weights = raw.map((w) => (w >= 0 ? w / up : (w * least) / down));
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const chi = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  return { mu, muEff, c1, cMu, weights, cSigma, dSigma, cC, chi };
}

/** The state after a generation: `points` by rising loss. */
export function update(state: State, points: readonly (readonly number[])[]): State {
  const n = state.mean.length;
  const k = constants(n, points.length);
  const axes = axesOf(state);
  const steps = points.map((p) => p.map((v, i) => (v - (state.mean[i] as number)) / state.sigma));
  const mix = new Array<number>(n).fill(0);
  for (let p = 0; p < k.mu; p++)
    for (let i = 0; i < n; i++) mix[i] = (mix[i] as number) + (k.weights[p] as number) * (steps[p]?.[i] as number);
  const whitened = whiten(axes, mix, n);
  const keepSigma = 1 - k.cSigma;
  const gainSigma = Math.sqrt(k.cSigma * (2 - k.cSigma) * k.muEff);
  const pathSigma = state.pathSigma.map((v, i) => keepSigma * v + gainSigma * (whitened[i] as number));
  const length = Math.sqrt(pathSigma.reduce((s, v) => s + v * v, 0));
  const generation = state.generation + 1;
  let faded = 1;
  for (let g = 0; g < 2 * generation && faded > 1e-12; g++) faded *= keepSigma;
  const hSigma = length / Math.sqrt(1 - faded) < (1.4 + 2 / (n + 1)) * k.chi ? 1 : 0;
  const gainC = hSigma * Math.sqrt(k.cC * (2 - k.cC) * k.muEff);
  const pathC = state.pathC.map((v, i) => (1 - k.cC) * v + gainC * (mix[i] as number));
  const weights = k.weights.map((w, p) => {
    if (w >= 0) return w;
    const white = whiten(axes, steps[p] as number[], n);
    return (
      (w * n) /
      Math.max(
        1e-12,
        white.reduce((s, v) => s + v * v, 0),
      )
    );
  });
  const total = k.weights.reduce((s, w) => s + w, 0);
  const keepC = 1 + k.c1 * (1 - hSigma) * k.cC * (2 - k.cC) - k.c1 - k.cMu * total;
  const covariance = new Array<number>(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = keepC * (state.covariance[i * n + j] as number) + k.c1 * (pathC[i] as number) * (pathC[j] as number);
      for (let p = 0; p < points.length; p++)
        sum += k.cMu * (weights[p] as number) * (steps[p]?.[i] as number) * (steps[p]?.[j] as number);
      covariance[i * n + j] = sum;
      covariance[j * n + i] = sum;
    }
  }
  return {
    size: state.size,
    generation,
    mean: state.mean.map((m, i) => m + state.sigma * (mix[i] as number)),
    sigma: Math.min(10, state.sigma * exp(Math.min(1, (k.cSigma / k.dSigma) * (length / k.chi - 1)))),
    covariance,
    pathSigma,
    pathC,
  };
}

/** C^(−1/2) times a vector. */
function whiten(axes: Eigen, vector: readonly number[], n: number): number[] {
  const turned = Array.from({ length: n }, (_, k) => {
    let s = 0;
    for (let i = 0; i < n; i++) s += (axes.vectors[i * n + k] as number) * (vector[i] as number);
    return s / Math.sqrt(axes.values[k] as number);
  });
  return Array.from({ length: n }, (_, i) => {
    let s = 0;
    for (let k = 0; k < n; k++) s += (axes.vectors[i * n + k] as number) * (turned[k] as number);
    return s;
  });
}
