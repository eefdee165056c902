import { randomFrom } from '@trainyard/numeric';
import type { TakenRows } from '../feed/feed.js';
import type { Draw } from '../layers/index.js';
import type { Batch, Step } from './in-training.js';
import { PURPOSE } from './shape.js';

export interface BatchPlan {
  /** Training rows, */
  readonly rows: number;
  /** and features of each. */
  readonly width: number;
  /** Writes what is true of a row, `[targets]`, at a place. */
  readonly target: (row: number, into: Float32Array, at: number) => void;
  /** Numbers that are true of a row. */
  readonly targets: number;
  /** Weight of a row. */
  readonly weight: (row: number) => number;
  readonly draws: readonly Draw[];
  readonly batchSize: number;
  /** Batches of a step. */
  readonly accumulate: number;
  /** Steps after which the loss is looked at within an epoch; 0: at its end alone. */
  readonly lookEvery: number;
  readonly seed: number;
}

/** Rows of a step, but for an epoch's last. */
const rowsOfStep = ({ batchSize, accumulate }: BatchPlan): number => batchSize * accumulate;

/** Steps of one epoch. */
export function stepsOf(plan: BatchPlan): number {
  return Math.ceil(plan.rows / rowsOfStep(plan));
}

/** Batches done in one call, where there are so many of equal size. */
const TOGETHER = 8;

/** Steps done in one call: as many as there are, and so that calls end where the loss is looked at. */
function togetherOf(plan: BatchPlan, full: number): number {
  const most = Math.max(1, Math.min(Math.floor(TOGETHER / plan.accumulate), full));
  for (let together = most; together > 1; together--) if (plan.lookEvery % together === 0) return together;
  return 1;
}

/** Steps that are done in one call. */
export interface Group {
  readonly steps: number;
  /** Their rows, as places `[from, to)` in the epoch's order. */
  readonly from: number;
  readonly to: number;
}

/**
 * The group of an epoch's steps that begins after so many of them. There are as many groups of one size as can be, so that they run as
 * one graph, then the full steps left over and the last, smaller one, each by itself.
 */
export function groupAfter(plan: BatchPlan, done: number): Group {
  const size = rowsOfStep(plan);
  const full = Math.floor(plan.rows / size);
  const together = togetherOf(plan, full);
  const steps = done + together <= full - (full % together) ? together : 1;
  return { steps, from: done * size, to: Math.min(plan.rows, (done + steps) * size) };
}

/**
 * The step at this place of a group, by the group's rows. What it draws follows from the seed and the step's number, counted from 1
 * over all epochs.
 */
export function stepOf(plan: BatchPlan, taken: TakenRows, at: number, number: number, rates: readonly number[]): Step {
  const random = randomFrom(plan.seed, PURPOSE.dropout, number);
  const size = rowsOfStep(plan);
  const to = Math.min(taken.rows.length, (at + 1) * size);
  const batches: Batch[] = [];
  for (let from = at * size; from < to; from += plan.batchSize)
    batches.push(batchOf(plan, taken, from, Math.min(to, from + plan.batchSize), to - at * size, random));
  return { batches, rates };
}

function batchOf(
  { width, target, targets, weight: weightOf, draws }: BatchPlan,
  taken: TakenRows,
  from: number,
  to: number,
  ofStep: number,
  random: ReturnType<typeof randomFrom>,
): Batch {
  const rows = to - from;
  const y = new Float32Array(rows * targets);
  const weight = new Float32Array(rows);
  taken.rows.subarray(from, to).forEach((row, i) => {
    target(row, y, i * targets);
    weight[i] = weightOf(row) / ofStep;
  });
  const x = taken.features.subarray(from * width, to * width);
  return { rows, x, y, weight, draws: draws.map((draw) => drawn(draw, rows, random)) };
}

function drawn({ width, dropped }: Draw, rows: number, random: ReturnType<typeof randomFrom>): Float32Array {
  const mask = new Float32Array(rows * width);
  if (dropped === undefined) return mask.map(() => random.uniform());
  const kept = 1 / (1 - dropped);
  const limit = Math.round(dropped * 2 ** 32);
  for (let i = 0; i < mask.length; i++) mask[i] = random.bits() < limit ? 0 : kept;
  return mask;
}
