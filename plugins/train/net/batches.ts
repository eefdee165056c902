import { randomFrom, shuffled } from '@trainyard/numeric';
import type { Dataset } from '../dataset.js';
import type { Batch } from './in-training.js';
import { PURPOSE, type NetShape } from './shape.js';

export interface BatchPlan {
  readonly data: Dataset;
  readonly shape: NetShape;
  readonly batchSize: number;
  /** Share of the hidden values left out. */
  readonly dropout: number;
  /** Weight of each class's rows. */
  readonly weights: Float64Array;
  readonly seed: number;
}

/** Steps of one epoch. */
export function stepsOf({ data, batchSize }: BatchPlan): number {
  return Math.ceil(data.rows / batchSize);
}

/** The order of the training rows in an epoch, counted from 1. It follows from seed and epoch alone. */
export function orderOf(plan: BatchPlan, epoch: number): Int32Array {
  return shuffled(plan.data.rows, randomFrom(plan.seed, PURPOSE.order, epoch));
}

/** Steps done in one call, where there are so many of equal size. */
const TOGETHER = 8;

/**
 * An epoch's batches as row numbers, in groups: as many groups of one size as there are, so that they can run as one
 * graph, then the full batches left over and the last, smaller one, each by itself. `first` counts from 0.
 */
export function groupsOf(plan: BatchPlan, order: Int32Array): { first: number; batches: Int32Array[] }[] {
  const size = plan.batchSize;
  const batches = Array.from({ length: stepsOf(plan) }, (_, i) => order.subarray(i * size, (i + 1) * size));
  const full = Math.floor(plan.data.rows / size);
  const together = Math.max(1, Math.min(TOGETHER, full));
  const grouped = Math.floor(full / together);
  return [
    ...Array.from({ length: grouped }, (_, i) => ({
      first: i * together,
      batches: batches.slice(i * together, (i + 1) * together),
    })),
    ...batches.slice(grouped * together).map((batch, i) => ({ first: grouped * together + i, batches: [batch] })),
  ];
}

/** The batch of these rows. Its dropout follows from the seed and the step's number, counted from 1 over all epochs. */
export function batchOf(plan: BatchPlan, indices: Int32Array, step: number): Batch {
  const { data, shape, weights } = plan;
  const classes = data.classes.length;
  const rows = indices.length;
  const x = new Float32Array(rows * data.width);
  const y = new Float32Array(rows * classes);
  const weight = new Float32Array(rows);
  indices.forEach((row, i) => {
    x.set(data.features.subarray(row * data.width, (row + 1) * data.width), i * data.width);
    const label = data.labels[row]!;
    y[i * classes + label] = 1;
    weight[i] = (weights[label]! * (data.weights?.[row] ?? 1)) / rows;
  });
  return { rows, x, y, weight, masks: plan.dropout === 0 ? [] : masksOf(plan, shape, rows, step) };
}

function masksOf({ dropout, seed }: BatchPlan, shape: NetShape, rows: number, step: number): Float32Array[] {
  const random = randomFrom(seed, PURPOSE.dropout, step);
  const kept = 1 / (1 - dropout);
  const limit = Math.round(dropout * 2 ** 32);
  return shape.layers.slice(0, -1).map(({ units }) => {
    const mask = new Float32Array(rows * units);
    for (let i = 0; i < mask.length; i++) mask[i] = random.bits() < limit ? 0 : kept;
    return mask;
  });
}

/** Sum of −weight · log p(true class) over a batch, in nats; NaN when the net has diverged. */
export function lossOf(batch: Batch, probabilities: Float32Array): number {
  const classes = probabilities.length / batch.rows;
  let loss = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (Number.isNaN(p)) return NaN;
    if (batch.y[i] === 1) loss -= batch.weight[Math.floor(i / classes)]! * batch.rows * Math.log(Math.max(p, SMALLEST));
  }
  return loss;
}

/** The smallest normal number of single precision: a probability that rounds to 0 costs 87 nats. */
const SMALLEST = 2 ** -126;
