import { canonical, digestText } from '../../../core/index.js';
import { openScorer } from '../../../models/index.js';
import type { NodeContext } from '../../../worker/index.js';
import { breathing } from '../breathing.js';
import type { BestTask, Fitted, Learner, Lesson, Params } from './learners/index.js';
import { modelTaskOf } from './task.js';

/** What all trainings of a call share. */
export interface Fitting {
  readonly task: BestTask;
  readonly seed: number;
  /** Weight of each training row of a lesson. */
  readonly weights: (lesson: Lesson) => Float64Array | undefined;
  /** Aborted when the call is cancelled, or its time is over. */
  readonly signal: AbortSignal;
  readonly ctx: NodeContext;
}

/** What one training is asked for. */
export interface FitAsked {
  readonly fold: number | 'all';
  readonly rounds: number | undefined;
  readonly most: number | undefined;
  readonly late: () => boolean;
}

/** One training; the same again for the same question, whenever it is asked: its seed is drawn from the question. */
export function fitOn(
  { task, seed, signal, weights, ctx }: Fitting,
  learner: Learner,
  params: Params,
  lesson: Lesson,
  { fold, ...rest }: FitAsked,
): Promise<Fitted> {
  const words = digestText(canonical({ seed, learner: learner.name, params, fold }));
  return learner.fit({
    task,
    params,
    lesson,
    weights: weights(lesson),
    ...rest,
    seed: Number.parseInt(words.replace(/^sha256-/, '').slice(0, 8), 16),
    threads: ctx.threads,
    signal,
    pause: breathing(signal),
    ctx,
  });
}

/** What a model answers to the rows held out, as it will answer when it is served. */
export function answersOf(fitted: Fitted, task: BestTask, { held }: Lesson): Promise<Float64Array> {
  const { kind, settings, files } = fitted;
  return openScorer({ kind, task: modelTaskOf(task), settings, files }, (score) => score(held!.features, held!.rows));
}
