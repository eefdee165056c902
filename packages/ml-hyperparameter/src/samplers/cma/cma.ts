import { exp, log } from '../../numeric/elementary.js';
import { quantile } from '../../numeric/normal.js';
import { SearchError } from '../../errors.js';
import type { Generator } from '../../random.js';
import type { Domain, Point } from '../../space/index.js';
import type { Json, Sampler, SamplerView } from '../contract.js';
import { predictorOf, type Predictor } from '../gp/predictor.js';
import { byMerit } from '../losses.js';
import { axesOf, defaultSize, fresh, place, update, type State } from './strategy.js';

/** How CMA-ES works. */
export interface CmaOptions {
  /** First step size as a share of every range (default 1/6). */
  readonly sigma?: number;
  /** Points a generation (default 4 + ⌊3 ln n⌋). */
  readonly population?: number;
  /**
   * How many points are drawn for each that is asked; a Gaussian process picks among them. 1 is plain CMA-ES, which
   * takes a tenth of the time (default 20).
   */
  readonly screen?: number;
}

/** Trials that the screening process sees: it need only be right nearby. */
const MOST_SCREENED = 80;

/** A point that was asked: where in the numeric dimensions' cube, before any rounding. */
interface Asked {
  readonly number: number;
  readonly latent: readonly number[];
}

interface Memory {
  readonly state: State;
  /** Probabilities of each choice, nominal dimension by nominal dimension. */
  readonly choices: readonly (readonly number[])[];
  readonly asked: readonly Asked[];
  readonly restarts: number;
  /** Best loss of each generation since the last restart. */
  readonly bests: readonly number[];
  /** Hyperparameters of the process that screens. */
  readonly theta?: readonly number[];
}

/** The domain split into what a normal distribution covers and what probabilities do. */
interface Split {
  readonly numeric: readonly number[];
  readonly nominal: readonly number[];
}

function splitOf(domain: Domain): Split {
  const numeric: number[] = [];
  const nominal: number[] = [];
  domain.dimensions.forEach((d, i) => {
    if (d.levels > 1) (d.nominal ? nominal : numeric).push(i);
  });
  return { numeric, nominal };
}

/** Populations double at a restart, up to so often. */
const MOST_DOUBLINGS = 6;
/** How often a point not tried yet is drawn for, where points can be counted. */
const TRIES = 20;

/** The best finished trial before the first ask, as after a warm start. */
function bestKnown(view: SamplerView): Point | undefined {
  return view.history.filter((t) => t.state === 'complete').sort(byMerit)[0]?.point;
}

function begin(view: SamplerView, split: Split, options: CmaOptions, restarts: number): Memory {
  const n = Math.max(1, split.numeric.length);
  const known = restarts === 0 ? bestKnown(view) : undefined;
  const mean = Array.from({ length: n }, (_, k) => {
    if (restarts > 0) return view.random.uniform();
    const u = known?.[split.numeric[k] as number];
    return u === undefined || u !== u ? 0.5 : u;
  });
  let size = options.population ?? defaultSize(n);
  for (let r = 0; r < Math.min(restarts, MOST_DOUBLINGS); r++) size *= 2;
  return {
    state: fresh(mean, options.sigma ?? 1 / 6, size),
    choices: split.nominal.map((i) => {
      const levels = view.domain.dimensions[i]?.levels as number;
      return new Array<number>(levels).fill(1 / levels);
    }),
    asked: [],
    restarts,
    bests: [],
  };
}

/** Takes a full generation into the state. */
function learn(view: SamplerView, split: Split, memory: Memory): Memory {
  const asked = new Map(memory.asked.map((a) => [a.number, a]));
  const finished = view.history.filter((t) => t.state !== 'running' && asked.has(t.number));
  if (finished.length < memory.state.size) return memory;
  const ranked = finished.slice(0, memory.state.size).sort(byMerit);
  const state =
    split.numeric.length === 0
      ? { ...memory.state, generation: memory.state.generation + 1 }
      : update(
          memory.state,
          ranked.map((t) => asked.get(t.number)?.latent as number[]),
        );
  const good = ranked.slice(0, ranked.length >> 1);
  const choices = memory.choices.map((old, c) => {
    const i = split.nominal[c] as number;
    const seen = good.filter((t) => (t.point[i] as number) === (t.point[i] as number));
    if (seen.length === 0) return old;
    const rate = (0.5 * good.length) / (good.length + old.length);
    const least = (1 - exp(log(0.73) / split.nominal.length)) / Math.max(1, old.length - 1);
    const raw = old.map((q, level) =>
      Math.max(least, (1 - rate) * q + (rate * seen.filter((t) => t.point[i] === level).length) / seen.length),
    );
    const total = raw.reduce((s, q) => s + q, 0);
    return raw.map((q) => q / total);
  });
  const best = ranked[0]?.losses?.[0] ?? Number.MAX_VALUE;
  return { ...memory, state, choices, asked: [], bests: [...memory.bests, best].slice(-100) };
}

/** Whether a descent has ended: steps too small, too stretched, or nothing gained for long. */
function isSpent(memory: Memory): boolean {
  const { state, bests } = memory;
  const { values } = axesOf(state);
  const widest = Math.sqrt(values.reduce((m, v) => Math.max(m, v), 0));
  const narrowest = Math.sqrt(values.reduce((m, v) => Math.min(m, v), Infinity));
  if (state.sigma * widest < 1e-10 || widest > 1e7 * narrowest) return true;
  const span = 10 + Math.ceil((30 * state.mean.length) / state.size);
  if (bests.length < Math.min(span, 100)) return false;
  const recent = bests.slice(-span);
  return Math.max(...recent) - Math.min(...recent) < 1e-12;
}

/**
 * How much to widen each countable dimension so that its neighbours keep a chance of 1/(n·λ).
 * Source: Hamano et al., CMA-ES with margin (2022).
 */
function margins(domain: Domain, split: Split, state: State): number[] {
  const n = split.numeric.length;
  return split.numeric.map((i, k) => {
    const levels = domain.dimensions[i]?.levels as number;
    if (levels === Infinity) return 1;
    const cell = 1 / levels;
    const m = Math.max(0, Math.min(1 - 1e-9, state.mean[k] as number));
    const within = m - Math.floor(m / cell) * cell;
    const nearest = Math.min(m < cell ? Infinity : within, m >= 1 - cell ? Infinity : cell - within);
    const deviation = state.sigma * Math.sqrt(state.covariance[k * n + k] as number);
    const needed = nearest / quantile(1 - 1 / (2 * n * state.size));
    return nearest < Infinity && deviation < needed ? needed / deviation : 1;
  });
}

function drawLatent(state: State, random: Generator, widen: readonly number[]): { latent: number[]; wide: number[] } {
  const axes = axesOf(state);
  for (let tries = 0; ; tries++) {
    const latent = place(
      state,
      axes,
      state.mean.map(() => random.normal()),
    );
    const wide = latent.map((v, k) => (state.mean[k] as number) + (widen[k] ?? 1) * (v - (state.mean[k] as number)));
    if (tries >= 100 || wide.every((v) => v >= 0 && v <= 1)) {
      const inside = (v: number): number => Math.max(0, Math.min(1, v));
      return { latent: latent.map(inside), wide: wide.map(inside) };
    }
  }
}

/**
 * Covariance matrix adaptation, its points screened by a Gaussian process. Whole numbers and ordinals are rounded with
 * a margin that keeps neighbours in play, choices have probabilities of their own, and a spent descent restarts
 * elsewhere with twice the population. Where points can be counted none is tried twice while others are left.
 * Sources: Hansen, The CMA evolution strategy: a tutorial (2016); Auger and Hansen, A restart CMA evolution strategy
 * with increasing population size (2005); Hamano et al., CMA-ES with margin (2022) and CatCMA (2024);
 * Pitra et al., Doubly trained evolution control for the surrogate CMA-ES (2016), for the screening.
 */
export function cmaSampler(options: CmaOptions = {}): Sampler {
  return {
    name: 'cma-es',
    suggest: (view: SamplerView) => {
      if (view.objectives > 1) {
        throw new SearchError('MLH-NOT-SUPPORTED', 'the sampler "cma-es" has one objective', {
          actual: `${view.objectives} objectives`,
          remedy: 'Use "motpe" or "nsga2".',
        });
      }
      const split = splitOf(view.domain);
      let memory = (view.memory as unknown as Memory | undefined) ?? begin(view, split, options, 0);
      memory = learn(view, split, memory);
      if (memory.asked.length === 0 && split.numeric.length > 0 && isSpent(memory))
        memory = begin(view, split, options, memory.restarts + 1);
      const screen = options.screen ?? 20;
      const known = view.history.filter((t) => t.state === 'complete').length;
      const predictor =
        screen > 1 && known >= 2 * memory.state.size ? predictorOf(view, memory.theta, MOST_SCREENED) : undefined;
      if (predictor !== undefined) memory = { ...memory, theta: predictor.theta };
      const tried = view.domain.size < Infinity ? new Set(view.history.map((t) => t.point.join())) : undefined;
      const draws = Math.max(predictor === undefined ? 1 : screen, tried === undefined ? 1 : TRIES);
      const step = predictor === undefined ? undefined : stepAway(view, split, memory);
      let best = step && bestDrawn(view, split, memory, draws, predictor, tried, step);
      best ??= bestDrawn(view, split, memory, draws, predictor, tried);
      if (best === undefined) {
        // All that this descent still draws has been tried: it is spent, unless nothing at all is left.
        const elsewhere = begin(view, split, options, memory.restarts + 1);
        const found = bestDrawn(view, split, elsewhere, draws, undefined, tried);
        if (found !== undefined) memory = elsewhere;
        best = found ?? drawPoint(view, split, memory);
      }
      return {
        point: best.point,
        memory: {
          ...memory,
          asked: [...memory.asked, { number: view.number, latent: best.latent }],
        } as unknown as Json,
      };
    },
  };
}

/** Of some draws that were not tried before, the one with the least expected loss; without a predictor the first. */
function bestDrawn(
  view: SamplerView,
  split: Split,
  memory: Memory,
  draws: number,
  predictor: Predictor | undefined,
  tried: ReadonlySet<string> | undefined,
  step?: Step,
): Drawn | undefined {
  let best: Drawn | undefined;
  let least = Infinity;
  for (let k = 0; k < draws; k++) {
    const first = drawPoint(view, split, memory);
    const drawn = step === undefined ? first : taken(view.domain, first, step);
    if (drawn === undefined || tried?.has(drawn.point.join()) === true) continue;
    if (predictor === undefined) return drawn;
    const expected = predictor.expect(drawn.point);
    if (best === undefined || expected < least) [best, least] = [drawn, expected];
  }
  return best;
}

/** A numeric dimension and the coordinate that a point is to have in it. */
interface Step {
  /** The dimension's place among the numeric ones. */
  readonly k: number;
  readonly dimension: number;
  readonly to: number;
}

/**
 * A step to a neighbouring value, for the first point of a generation in which a countable dimension has stood still
 * for a whole one. The margin keeps neighbours among what is drawn, but the process that picks from the draws may turn
 * each of them down for ever on what it believes; so once in a while one of them is tried.
 */
function stepAway(view: SamplerView, split: Split, memory: Memory): Step | undefined {
  if (memory.asked.length > 0) return undefined;
  const { domain, history, random } = view;
  const recent = history.slice(-memory.state.size);
  const still = split.numeric.flatMap((dimension, k): Step[] => {
    const { levels } = domain.dimensions[dimension] as { levels: number };
    const at = recent[0]?.point[dimension];
    if (levels === Infinity || at === undefined || recent.some((t) => t.point[dimension] !== at)) return [];
    const beside = domain.neighbours(dimension, at);
    return [{ k, dimension, to: beside[random.below(beside.length)] as number }];
  });
  return still.length === 0 ? undefined : still[random.below(still.length)];
}

/** A drawn point with the step taken, where the restrictions allow it. */
function taken(domain: Domain, drawn: Drawn, { k, dimension, to }: Step): Drawn | undefined {
  const point = drawn.point.slice();
  if (!domain.exists(dimension, point)) return undefined;
  point[dimension] = to;
  return domain.allows(point) ? { latent: drawn.latent.map((v, i) => (i === k ? to : v)), point } : undefined;
}

interface Drawn {
  readonly latent: readonly number[];
  readonly point: Point;
}

function drawPoint(view: SamplerView, split: Split, memory: Memory): Drawn {
  const { domain, random } = view;
  const widen = margins(domain, split, memory.state);
  for (let tries = 0; tries < 100; tries++) {
    const { latent, wide } =
      split.numeric.length === 0 ? { latent: [0], wide: [0] } : drawLatent(memory.state, random, widen);
    const point = new Float64Array(domain.dimensions.length);
    split.numeric.forEach((i, k) => (point[i] = wide[k] as number));
    split.nominal.forEach((i, c) => (point[i] = random.weighted(memory.choices[c] as number[])));
    domain.settle(point);
    if (domain.allows(point)) return { latent, point };
  }
  const point = domain.draw(random);
  const latent = split.numeric.map((i, k) =>
    (point[i] as number) === (point[i] as number) ? (point[i] as number) : (memory.state.mean[k] as number),
  );
  return { latent: latent.length === 0 ? [0] : latent, point };
}
