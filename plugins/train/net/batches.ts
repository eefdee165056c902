import { randomFrom, shuffled } from '@trainyard/numeric';
import type { Rows } from '../dataset.js';
import type { Draw } from '../layers/index.js';
import type { Batch, Step } from './in-training.js';
import { PURPOSE } from './shape.js';

export interface BatchPlan {
  readonly data: Rows;
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
  return Math.ceil(plan.data.rows / rowsOfStep(plan));
}

/** The order of the training rows in an epoch, counted from 1. It follows from seed and epoch alone. */
export function orderOf(plan: BatchPlan, epoch: number): Int32Array {
  return shuffled(plan.data.rows, randomFrom(plan.seed, PURPOSE.order, epoch));
}

/** Batches done in one call, where there are so many of equal size. */
const TOGETHER = 8;

/** Steps done in one call: as many as there are, and so that calls end where the loss is looked at. */
function togetherOf(plan: BatchPlan, full: number): number {
  const most = Math.max(1, Math.min(Math.floor(TOGETHER / plan.accumulate), full));
  for (let together = most; together > 1; together--) if (plan.lookEvery % together === 0) return together;
  return 1;
}

/**
 * An epoch's steps as row numbers, in groups: as many groups of one size as there are, so that they can run as one
 * graph, then the full steps left over and the last, smaller one, each by itself. `first` counts from 0.
 */
export function groupsOf(plan: BatchPlan, order: Int32Array): { first: number; steps: Int32Array[] }[] {
  const size = rowsOfStep(plan);
  const steps = Array.from({ length: stepsOf(plan) }, (_, i) => order.subarray(i * size, (i + 1) * size));
  const full = Math.floor(plan.data.rows / size);
  const together = togetherOf(plan, full);
  const grouped = Math.floor(full / together);
  return [
    ...Array.from({ length: grouped }, (_, i) => ({
      first: i * together,
      steps: steps.slice(i * together, (i + 1) * together),
    })),
    ...steps.slice(grouped * together).map((step, i) => ({ first: grouped * together + i, steps: [step] })),
  ];
}

/** The step over these rows. What it draws follows from the seed and the step's number, counted from 1 over all epochs. */
export function stepOf(plan: BatchPlan, indices: Int32Array, number: number, rates: readonly number[]): Step {
  const random = randomFrom(plan.seed, PURPOSE.dropout, number);
  const count = Math.ceil(indices.length / plan.batchSize);
  const batches = Array.from({ length: count }, (_, i): Batch => {
    const rows = indices.subarray(i * plan.batchSize, (i + 1) * plan.batchSize);
    return batchOf(plan, rows, indices.length, random);
  });
  return { batches, rates };
}

function batchOf(
  { data, target, targets, weight: weightOf, draws }: BatchPlan,
  indices: Int32Array,
  ofStep: number,
  random: ReturnType<typeof randomFrom>,
): Batch {
  const rows = indices.length;
  const x = new Float32Array(rows * data.width);
  const y = new Float32Array(rows * targets);
  const weight = new Float32Array(rows);
  indices.forEach((row, i) => {
    x.set(data.features.subarray(row * data.width, (row + 1) * data.width), i * data.width);
    target(row, y, i * targets);
    weight[i] = weightOf(row) / ofStep;
  });
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
