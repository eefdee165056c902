import type { Model, Ref } from '../../../core/kinds.js';
import type { Predictor } from '../../../models/index.js';
import { MOST_ROWS } from '../request.js';
import type { ScoringProcess } from './process.js';
import { ScoringQueue } from './queue.js';
import { warmUp } from './warm-up.js';

/** How a server scores what takes long. */
export interface Scoring {
  readonly waitingRows: number;
  readonly timeoutMs: number;
  /** Scores what would hold the server's thread; without it all is scored here. */
  readonly process?: ScoringProcess | undefined;
}

/** A model whose row takes longer by itself is scored in another process, ms. */
export const ROW_MS = 1;
/** Rows that are scored in one go: as many as take so long here, ms, */
const SLICE_MS = 10;
/** and there, where nobody else waits for the thread. */
const APART_SLICE_MS = 50;

/** Where a version is scored. */
export interface Place {
  /** Requests of so many rows at most are answered at once, without the queue. */
  readonly atOnce: number;
  readonly queue: ScoringQueue;
  readonly isApart: boolean;
  dispose(): Promise<void>;
}

/** Warms a model up, and finds where it is scored by what that took. */
export async function placeFor(
  opened: { readonly predictor: Predictor; readonly sample: string; readonly model: Ref<Model> },
  { waitingRows, timeoutMs, process }: Scoring,
): Promise<Place> {
  const { predictor, model } = opened;
  const { alone, among, atOnce } = await warmUp(predictor, opened.sample);
  const slice = (ms: number): number => Math.max(1, Math.min(MOST_ROWS, Math.floor(ms / Math.max(among, 1e-6))));
  const bounds = { waitingRows, timeoutMs, rowMs: among };
  if (alone > ROW_MS && process) {
    const apart = await process.open(model);
    const queue = new ScoringQueue({ ...bounds, slice: slice(APART_SLICE_MS), score: (rows) => apart.respond(rows) });
    // What it says of itself is asked on; what it scores with is held there alone.
    await predictor.dispose();
    return { atOnce: 0, queue, isApart: true, dispose: () => apart.close() };
  }
  const here = slice(SLICE_MS);
  return {
    atOnce: atOnce && alone <= ROW_MS ? here : 0,
    queue: new ScoringQueue({ ...bounds, slice: here, score: (rows) => predictor.respond(rows) }),
    isApart: false,
    dispose: () => predictor.dispose(),
  };
}
