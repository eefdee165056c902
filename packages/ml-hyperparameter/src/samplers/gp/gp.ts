import { exp, log } from '../../numeric/elementary.js';
import { logCdf, logDensity, logImprovement } from '../../numeric/normal.js';
import { SearchError } from '../../errors.js';
import type { Domain, Point } from '../../space/index.js';
import type { Observation } from '../../study/trial.js';
import type { Json, Sampler, SamplerView } from '../contract.js';
import { startPoint } from '../sequences.js';
import { greatest, type Acquisition } from './acquire.js';
import { featuresOf, rowOf, type Features } from './features.js';
import { fit, Model, neutralHyperparameters, type Hyperparameters } from './model.js';
import { warp, WARPS, type Warp } from './warp.js';

/** How the Gaussian process sampler works. */
export interface GpOptions {
  /** Points of a Sobol sequence before the model is used (default: dimensions + 2, from 4 to 10). */
  readonly startup?: number;
}

/** How many trials the process is conditioned on, and on how many its hyperparameters are fitted. */
const MOST_ROWS = 300;
const MOST_FITTED = 120;

/** What is kept between suggestions. */
interface Memory {
  readonly warp: Warp;
  readonly theta: readonly number[];
  /** Trials there were when the warp was last chosen. */
  readonly chosenAt: number;
}

function memoryOf(json: Json | undefined, length: number): Memory | undefined {
  const m = json as unknown as Partial<Memory> | null | undefined;
  if (typeof m !== 'object' || m === null || !Array.isArray(m.theta) || m.theta.length !== length) return undefined;
  return typeof m.warp === 'number' && typeof m.chosenAt === 'number' ? (m as Memory) : undefined;
}

/** Points and losses that the process learns from; a failed trial counts as bad as the worst. */
export function lessons(history: readonly Observation[]): { point: Point; loss: number }[] {
  const known: { point: Point; loss: number }[] = [];
  let worst = -Infinity;
  for (const t of history) {
    const loss = t.state === 'complete' ? t.losses?.[0] : undefined;
    if (loss === undefined) continue;
    known.push({ point: t.point, loss });
    if (loss > worst) worst = loss;
  }
  if (known.length > 0) for (const t of history) if (t.state === 'failed') known.push({ point: t.point, loss: worst });
  return known;
}

/** The best half and an even choice of the rest, in their old order. */
function thinned<T extends { loss: number }>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return all.slice();
  const order = all.map((_, i) => i).sort((a, b) => (all[a] as T).loss - (all[b] as T).loss || a - b);
  const half = most >> 1;
  const kept = order.slice(0, half);
  const rest = order.slice(half);
  for (let k = 0; k < most - half; k++) kept.push(rest[Math.floor(((k + 0.5) * rest.length) / (most - half))] as number);
  return kept.sort((a, b) => a - b).map((i) => all[i] as T);
}

/** Fits hyperparameters: from the last ones, and now and then from the start, over all warps. */
function refit(features: Features, rows: readonly Float64Array[], losses: readonly number[], memory: Memory | undefined, count: number): Memory {
  if (memory !== undefined && count < memory.chosenAt * 1.25 + 1) {
    const { values } = warp(losses, memory.warp);
    const next = fit(features, rows, values, Float64Array.from(memory.theta), 8);
    return { ...memory, theta: [...next.hyperparameters] };
  }
  const neutral = neutralHyperparameters(features);
  const short = neutral.map((v, i) => (i < features.count ? v - 1.5 : v));
  let best: { theta: Hyperparameters; cost: number; warp: Warp } | undefined;
  for (const by of WARPS) {
    const { values, cost } = warp(losses, by);
    for (const start of memory === undefined ? [neutral, short] : [neutral, Float64Array.from(memory.theta)]) {
      const found = fit(features, rows, values, start, 30);
      if (best === undefined || found.cost + cost < best.cost) best = { theta: found.hyperparameters, cost: found.cost + cost, warp: by };
    }
  }
  return { warp: best?.warp ?? 0, theta: [...(best?.theta ?? neutral)], chosenAt: count };
}

/** Log expected improvement over the least expected value. */
function logExpectedImprovement(model: Model, count: number): Acquisition {
  const incumbent = model.leastExpectation();
  const meanGradient = new Float64Array(count);
  const deviationGradient = new Float64Array(count);
  return {
    value: (row) => {
      const { mean, deviation } = model.posterior(row);
      return log(deviation) + logImprovement((incumbent - mean) / deviation);
    },
    gradient: (row, gradient) => {
      const { mean, deviation } = model.posteriorWithGradient(row, meanGradient, deviationGradient);
      const z = (incumbent - mean) / deviation;
      const improvement = logImprovement(z);
      const byMean = -exp(logCdf(z) - improvement) / deviation;
      const byDeviation = exp(logDensity(z) - improvement) / deviation;
      for (let f = 0; f < count; f++) gradient[f] = byMean * (meanGradient[f] as number) + byDeviation * (deviationGradient[f] as number);
      return log(deviation) + improvement;
    },
  };
}

/** A point of the list that was not tried yet, settled; the first where all were. */
function firstNew(domain: Domain, points: readonly Point[], history: readonly Observation[]): Point {
  const tried = new Set(history.map((t) => t.point.join()));
  const settled = points.map((p) => domain.settle(p.slice())).filter((p) => domain.allows(p));
  return settled.find((p) => !tried.has(p.join())) ?? (settled[0] as Point);
}

/**
 * Gaussian process with log expected improvement. Trials that still run are taken to come out as expected.
 * Sources: Jones et al., Efficient global optimization (1998); Ament et al., Unexpected improvements to expected
 * improvement (2023); Ginsbourger et al., Kriging is well-suited to parallelize optimization (2010).
 */
export function gpSampler(options: GpOptions = {}): Sampler {
  return {
    name: 'gp',
    suggest: (view: SamplerView) => {
      if (view.objectives > 1) {
        throw new SearchError('MLH-NOT-SUPPORTED', 'the sampler "gp" has one objective', { actual: `${view.objectives} objectives`, remedy: 'Use "motpe" or "nsga2".' });
      }
      const { domain, history } = view;
      const features = featuresOf(domain);
      const startup = options.startup ?? Math.max(4, Math.min(10, features.count + 2));
      const known = lessons(history);
      if (known.length < startup || features.count === 0) return { point: startPoint(view, view.drawn), ...(view.memory === undefined ? {} : { memory: view.memory }) };
      const used = thinned(known, MOST_ROWS);
      const fitted = thinned(known, MOST_FITTED);
      const memory = refit(
        features,
        fitted.map((t) => rowOf(features, t.point)),
        fitted.map((t) => t.loss),
        memoryOf(view.memory, features.count + 1),
        known.length,
      );
      const running = history.filter((t) => t.state === 'running');
      const { values } = warp(used.map((t) => t.loss), memory.warp);
      const model = new Model(features, used.map((t) => rowOf(features, t.point)), values, Float64Array.from(memory.theta), running.length);
      for (const t of running) model.believe(rowOf(features, t.point));
      const centres = used.slice().sort((a, b) => a.loss - b.loss).slice(0, 5).map((t) => t.point);
      const candidates = Math.max(200, Math.min(800, Math.floor(8e6 / (used.length * used.length))));
      const found = greatest(domain, features, logExpectedImprovement(model, features.count), centres, view.random, { candidates, climbs: 6, steps: 25 });
      const point = found.length === 0 ? domain.draw(view.random) : firstNew(domain, found, history);
      return { point, memory: memory as unknown as Json };
    },
  };
}
