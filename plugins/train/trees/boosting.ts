import { UserError } from '@trainyard/errors';
import { sayDuration } from '../../../core/index.js';
import type { NodeContext } from '../../../worker/index.js';
import type { Booster, Dataset, DatasetRows, Lightgbm, Parameters } from '../../kit/lightgbm.js';
import { breathing } from '../breathing.js';
import { packCheckpoint, unpackCheckpoint, type Iteration, type Stop } from './checkpoint.js';
import type { Loss } from './loss.js';
import { segmentSeed, StartScores, type Link } from './segments.js';

/** What is grown, on what, and how it is watched. */
export interface Growth {
  readonly lightgbm: Lightgbm;
  readonly train: DatasetRows;
  readonly validation: DatasetRows | undefined;
  /** Trees of an iteration. */
  readonly outputs: number;
  readonly loss: Loss;
  /** A forest answers with the mean of its trees, each grown by itself; others with their sum. */
  readonly forest: boolean;
  /** How its answers follow from raw scores. */
  readonly link: Link;
  /** LightGBM's parameters, without its seed. */
  readonly parameters: Parameters;
  readonly iterations: number;
  /** Iterations of a segment; 0: all. */
  readonly segment: number;
  /** Iterations without a lower validation loss after which it stops; 0: never. */
  readonly patience: number;
  readonly minDelta: number;
  /** From 0 to 2³¹ - 1. */
  readonly seed: number;
  readonly threads: number;
  /** Another training follows in the same node: the end is worth a checkpoint. */
  readonly followed?: boolean | undefined;
  /** Digest of everything that the training depends on. */
  readonly fingerprint: string;
}

export interface Grown {
  /** LightGBM's text of the trees up to the best iteration, without the line that names the threads. */
  readonly text: string;
  readonly history: readonly Iteration[];
  /** Iterations that the model has: the best where early stopping chose one, else all. */
  readonly best: number;
  readonly stop: Stop;
  readonly gain: Float64Array;
  readonly splits: Float64Array;
}

type Surroundings = Pick<NodeContext, 'signal' | 'log' | 'progress' | 'checkpoint' | 'report'>;

/** The model text without the one line in which it differs between numbers of threads. */
export const withoutThreads = (text: string): string => text.replace(/^\[num_threads: .*\]\n/m, '');

/**
 * Grows trees segment by segment. Each segment is a booster of its own, with a seed of its own, that starts from the scores of all
 * trees before (the trees of a forest start from nothing): LightGBM keeps its sampling state and its sums in no file, so this is what makes a resumed training equal to an
 * unbroken one, byte for byte. Throws a UserError when LightGBM refuses, and the signal's reason when cancelled.
 */
export async function growTrees(growth: Growth, ctx: Surroundings): Promise<Grown> {
  const { lightgbm, parameters, threads } = growth;
  const native = { ...parameters, seed: growth.seed, num_threads: threads, verbosity: -1 };
  const train = lightgbm.dataset(growth.train, native);
  let watched: Dataset | undefined;
  try {
    watched = growth.validation && lightgbm.dataset(growth.validation, native, train);
    return await growOn(growth, native, train, watched, ctx);
  } finally {
    watched?.free();
    train.free();
  }
}

async function growOn(
  growth: Growth,
  native: Parameters,
  train: Dataset,
  watched: Dataset | undefined,
  ctx: Surroundings,
): Promise<Grown> {
  const taken = await takeUp(growth, ctx);
  const segments = [...taken.segments];
  const history = [...taken.iterations];
  let { best } = taken;
  const starts = new StartScores(growth, train, watched);
  for (const text of segments) starts.add(text, growth);
  const pause = breathing(ctx.signal);
  const began = performance.now();
  const before = history.length;
  const reportEach = Math.ceil(growth.iterations / 100);
  const trainScores = new Float64Array(train.rows * growth.outputs);
  const watchedScores = new Float64Array((watched?.rows ?? 0) * growth.outputs);
  let stop = taken.stop ?? stopOf(history, best, growth);

  while (!stop) {
    starts.apply();
    const seed = segmentSeed(growth.seed, segments.length);
    const booster = growth.lightgbm.booster(train, { ...native, seed });
    try {
      if (watched) booster.watch(watched);
      const most = growth.segment === 0 ? growth.iterations : growth.segment;
      for (let grown = 0; grown < most && !stop; grown++) {
        const more = booster.grow();
        if (booster.iterations === grown) {
          stop = { kind: 'no split', iteration: history.length + 1 };
          break;
        }
        history.push(look(growth, booster, starts, history.length + 1, trainScores, watchedScores));
        if (isBest(history, best, growth)) best = history.length;
        stop = more ? stopOf(history, best, growth) : { kind: 'no split', iteration: history.length };
        ctx.progress(
          history.length / growth.iterations,
          sayProgress(history, best, growth, performance.now() - began, before),
        );
        if (history.length % reportEach === 0) await ctx.report(history.length, figuresNow(history.at(-1)!, growth));
        await pause();
      }
      if (booster.iterations > 0) segments.push(withoutThreads(booster.text()));
    } finally {
      booster.free();
    }
    const { fingerprint, followed } = growth;
    if (!stop || followed)
      await ctx.checkpoint.save(packCheckpoint({ fingerprint, segments, iterations: history, best, stop }));
    if (stop) break;
    starts.add(segments.at(-1)!, growth);
    await pause();
  }
  ctx.log(`ended after ${history.length} iterations, as ${sayStop(stop)}; the model has ${best}`);
  return { ...join(growth.lightgbm, segments, best), history, best, stop };
}

/** One model of the segments' trees, in their order, up to the best iteration. */
function join(lightgbm: Lightgbm, segments: readonly string[], best: number): Pick<Grown, 'text' | 'gain' | 'splits'> {
  const whole = lightgbm.load(segments.at(-1)!);
  try {
    for (const text of segments.slice(0, -1).reverse()) {
      const earlier = lightgbm.load(text);
      try {
        whole.follow(earlier);
      } finally {
        earlier.free();
      }
    }
    const text = withoutThreads(whole.text(best));
    const kept = lightgbm.load(text);
    try {
      return { text, gain: kept.importance('gain'), splits: kept.importance('split') };
    } finally {
      kept.free();
    }
  } finally {
    whole.free();
  }
}

async function takeUp(
  { fingerprint }: Growth,
  ctx: Surroundings,
): Promise<{ segments: readonly string[]; iterations: readonly Iteration[]; best: number; stop?: Stop | undefined }> {
  const bytes = await ctx.checkpoint.load();
  const saved = bytes && unpackCheckpoint(bytes, fingerprint);
  if (saved && 'refused' in saved) ctx.log(`a checkpoint was not taken up, as ${saved.refused}; training begins anew`);
  if (!saved || 'refused' in saved) return { segments: [], iterations: [], best: 0 };
  ctx.log(`taken up after iteration ${saved.iterations.length}`);
  return saved;
}

/** What the trees so far say of the rows. */
function look(
  { loss, train, validation }: Growth,
  booster: Booster,
  starts: StartScores,
  iteration: number,
  trainScores: Float64Array,
  watchedScores: Float64Array,
): Iteration {
  booster.scores(0, trainScores);
  starts.join(0, trainScores, booster.iterations);
  if (validation) {
    booster.scores(1, watchedScores);
    starts.join(1, watchedScores, booster.iterations);
  }
  const trainLoss = loss.of(trainScores, train.labels, train.weights, train.groups);
  const validationLoss = validation ? loss.of(watchedScores, validation.labels, undefined, validation.groups) : null;
  const lost = [trainLoss, validationLoss].find((value) => value !== null && !Number.isFinite(value));
  if (lost !== undefined)
    throw new UserError(`training diverged: the loss was no longer a finite number in iteration ${iteration}`, {
      expected: 'a finite loss',
      actual: String(lost),
      remedy: 'lower learning_rate, and look for extreme labels',
    });
  return { iteration, trainLoss, validationLoss };
}

/** Without early stopping the last iteration is the best: LightGBM keeps all. */
function isBest(history: readonly Iteration[], best: number, { patience, minDelta }: Growth): boolean {
  const last = history.at(-1)!.validationLoss;
  const lowest = history[best - 1]?.validationLoss ?? null;
  return patience === 0 || last === null || lowest === null || last < lowest - minDelta;
}

function stopOf(history: readonly Iteration[], best: number, { iterations, patience }: Growth): Stop | undefined {
  const since = history.length - best;
  if (patience > 0 && history.length > 0 && since >= patience) return { kind: 'patience', iterations: patience };
  return history.length >= iterations ? { kind: 'iterations' } : undefined;
}

/** Why growing ended, in words. */
export function sayStop(stop: Stop): string {
  switch (stop.kind) {
    case 'iterations':
      return 'all iterations were done';
    case 'patience':
      return `the validation loss did not fall for ${stop.iterations} iterations`;
    case 'no split':
      return `no leaf could be split any more in iteration ${stop.iteration}`;
  }
}

function figuresNow({ trainLoss, validationLoss }: Iteration, { loss }: Growth): Record<string, number> {
  return { [loss.figure]: validationLoss ?? trainLoss ?? NaN };
}

function sayProgress(
  history: readonly Iteration[],
  best: number,
  growth: Growth,
  spentMs: number,
  before: number,
): string {
  const { iteration, trainLoss, validationLoss } = history.at(-1)!;
  const left = (spentMs / (iteration - before)) * (growth.iterations - iteration);
  const validation =
    validationLoss === null
      ? ''
      : `, validation ${validationLoss.toFixed(4)}${growth.patience > 0 ? `, best in ${best}` : ''}`;
  return `iteration ${iteration} of ${growth.iterations}: ${growth.loss.figure} ${trainLoss!.toFixed(4)}${validation}; at most ${sayDuration(left)} left`;
}
