import type { Domain, Point } from '../../space/index.js';
import type { Observation } from '../../study/trial.js';
import type { Json, Sampler, SamplerView } from '../contract.js';
import { mayEndAmongBest } from '../wants.js';
import { startPoint } from '../sequences.js';
import { greatest, type Acquisition } from './acquire.js';
import { logExpectedImprovement, logFeasibility, sumOf } from './acquisition.js';
import { featuresOf, rowOf, type Features } from './features.js';
import { lessonsOf, thinned, type Lesson } from './lessons.js';
import { fit, neutralHyperparameters, type Hyperparameters } from './fit.js';
import { Model } from './model.js';
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
  /** Hyperparameters of each outcome constraint's process. */
  readonly constraints: readonly (readonly number[])[];
}

function memoryOf(json: Json | undefined, length: number): Memory | undefined {
  const m = json as unknown as Partial<Memory> | null | undefined;
  if (typeof m !== 'object' || m === null || !Array.isArray(m.theta) || m.theta.length !== length) return undefined;
  return typeof m.warp === 'number' && typeof m.chosenAt === 'number' ? (m as Memory) : undefined;
}

const lossesOf = (lessons: readonly Lesson[]): number[] => lessons.map((l) => l.loss);
const spreadsOf = (lessons: readonly Lesson[]): number[] => lessons.map((l) => l.spread);

/** Fits hyperparameters: from the last ones, and now and then from the start, over all warps. */
function refit(
  features: Features,
  lessons: readonly Lesson[],
  memory: Memory | undefined,
  count: number,
): Omit<Memory, 'constraints'> {
  const rows = lessons.map((l) => rowOf(features, l.point));
  const attempt = (
    by: Warp,
    start: Hyperparameters,
    evaluations: number,
  ): { theta: number[]; cost: number; warp: Warp } => {
    const { values, extra, cost } = warp(lossesOf(lessons), by, spreadsOf(lessons));
    const found = fit(features, rows, values, start, evaluations, extra);
    return { theta: [...found.hyperparameters], cost: found.cost + cost, warp: by };
  };
  if (memory !== undefined && count < memory.chosenAt * 1.25 + 1) {
    const { theta } = attempt(memory.warp, Float64Array.from(memory.theta), 8);
    return { warp: memory.warp, theta, chosenAt: memory.chosenAt };
  }
  const neutral = neutralHyperparameters(features);
  const short = neutral.map((v, i) => (i < features.count ? v - 1 : v));
  const starts = memory === undefined ? [neutral, short] : [neutral, Float64Array.from(memory.theta)];
  const tried = WARPS.flatMap((by) => starts.map((start) => attempt(by, start, 30)));
  const best = tried.reduce((a, b) => (b.cost < a.cost ? b : a));
  return { warp: best.warp, theta: best.theta, chosenAt: count };
}

/** The processes of the outcome constraints, as chances to keep them. */
function feasibility(
  features: Features,
  lessons: readonly Lesson[],
  memory: Memory | undefined,
): { parts: Acquisition[]; thetas: number[][] } {
  const judged = lessons.filter((l) => l.constraints.length > 0);
  const count = judged.reduce((m, l) => Math.max(m, l.constraints.length), 0);
  const thetas: number[][] = [];
  const parts = Array.from({ length: count }, (_, c) => {
    const with_ = thinned(
      judged.filter((l) => l.constraints.length > c),
      MOST_FITTED,
    );
    const rows = with_.map((l) => rowOf(features, l.point));
    const raw = with_.map((l) => l.constraints[c] as number);
    const { values, mean, scale } = warp(raw, 0);
    const start = memory?.constraints[c];
    const { hyperparameters } = fit(
      features,
      rows,
      values,
      start === undefined ? neutralHyperparameters(features) : Float64Array.from(start),
      start === undefined ? 30 : 8,
    );
    thetas.push([...hyperparameters]);
    return logFeasibility(new Model(features, rows, values, hyperparameters), (0 - mean) / scale, features.count);
  });
  return { parts, thetas };
}

const isFeasible = (l: Lesson): boolean => l.constraints.every((c) => c <= 0);

/** A point of the list that was not tried yet, settled; the first where all were. */
function firstNew(domain: Domain, points: readonly Point[], history: readonly Observation[]): Point | undefined {
  const tried = new Set(history.map((t) => t.point.join()));
  const settled = points.map((p) => domain.settle(p.slice())).filter((p) => domain.allows(p));
  return settled.find((p) => !tried.has(p.join())) ?? settled[0];
}

/**
 * Gaussian process with log expected improvement. Trials that still run are taken to come out as expected; outcome
 * constraints have processes of their own; several objectives are weighed anew for each suggestion.
 * Sources: Jones et al., Efficient global optimization (1998); Ament et al., Unexpected improvements to expected
 * improvement (2023); Ginsbourger et al., Kriging is well-suited to parallelize optimization (2010); Gardner et al.,
 * Bayesian optimization with inequality constraints (2014).
 */
export function gpSampler(options: GpOptions = {}): Sampler {
  return {
    name: 'gp',
    wants: mayEndAmongBest,
    suggest: (view: SamplerView) => {
      const { domain, history } = view;
      const features = featuresOf(domain);
      const startup = options.startup ?? Math.max(4, Math.min(10, features.count + 2));
      const lessons = lessonsOf(view);
      const kept = view.memory === undefined ? {} : { memory: view.memory };
      if (lessons.length < startup || features.count === 0) return { point: startPoint(view, view.drawn), ...kept };
      const before = memoryOf(view.memory, features.count + 1);
      const used = thinned(lessons, MOST_ROWS);
      const fitted = refit(features, thinned(lessons, MOST_FITTED), before, lessons.length);
      const { values, extra } = warp(lossesOf(used), fitted.warp, spreadsOf(used));
      const running = history.filter((t) => t.state === 'running');
      const model = new Model(
        features,
        used.map((l) => rowOf(features, l.point)),
        values,
        Float64Array.from(fitted.theta),
        running.length,
        extra,
      );
      for (const t of running) model.believe(rowOf(features, t.point));
      const { parts, thetas } = feasibility(features, lessons, before);
      const incumbent = model.leastValue((k) => k >= used.length || isFeasible(used[k] as Lesson));
      if (incumbent < Infinity) parts.push(logExpectedImprovement(model, incumbent, features.count));
      const centres = used
        .filter(isFeasible)
        .sort((a, b) => a.loss - b.loss)
        .slice(0, 5)
        .map((l) => l.point);
      const candidates = Math.max(200, Math.min(800, Math.floor(8e6 / (used.length * used.length))));
      const found = greatest(domain, features, sumOf(parts, features.count), centres, view.random, {
        candidates,
        climbs: 6,
        steps: 25,
      });
      const memory: Memory = { ...fitted, constraints: thetas };
      return { point: firstNew(domain, found, history) ?? domain.draw(view.random), memory: memory as unknown as Json };
    },
  };
}
