import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { Activation } from '../kinds/dense-net.js';
import { loadTensorflow, type Tensorflow } from '../../../setup/tensorflow-load.js';
import type { Dataset } from '../dataset.js';
import { batchOf, groupsOf, orderOf, stepsOf, type BatchPlan } from './batches.js';
import { adam, sgd } from './optimiser.js';
import { recordedSteps } from './recorded.js';
import { runningNet, type Shortcut } from './running.js';
import { initialValues, shapeOf } from './shape.js';

let tf: Tensorflow;
let native: boolean;
beforeAll(async () => {
  const loaded = await loadTensorflow({ threads: 1 });
  tf = loaded.tf;
  native = loaded.backend === 'tensorflow';
});
const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = randomFrom(9);
const data: Dataset = {
  rows: 150,
  width: 7,
  features: Float64Array.from({ length: 150 * 7 }, () => random.uniform() * 4 - 2),
  labels: Int32Array.from({ length: 150 }, () => random.integer(3)),
  classes: ['a', 'b', 'c'],
  ranges: {},
  sample: [],
};

interface Way {
  readonly activation: Activation;
  readonly optimiser: 'adam' | 'sgd';
  readonly dropout: number;
  readonly l2: number;
}

/** State after some epochs, and the probabilities of all batches on the way. */
function train(way: Way, shortcut: Shortcut | undefined, epochs = 4): { state: Float32Array[]; seen: number[] } {
  const layers = [16, 8, 3].map((units, i) => ({ units, activation: i === 2 ? ('linear' as const) : way.activation }));
  const shape = shapeOf({ features: data.width, layers });
  const net = runningNet(
    {
      tf,
      shape,
      optimiser: way.optimiser === 'adam' ? adam(tf, 0.01) : sgd(tf, 0.01),
      penalty: way.l2 === 0 ? undefined : new Float32Array(shape.parameters).fill(2 * way.l2),
      initial: initialValues(shape, 1),
      watched: { rows: 0, features: new Float32Array() },
    },
    shortcut,
  );
  const plan: BatchPlan = {
    data,
    shape,
    batchSize: 16,
    dropout: way.dropout,
    weights: Float64Array.of(1, 2, 1),
    seed: 4,
  };
  const seen: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++)
    for (const group of groupsOf(plan, orderOf(plan, epoch))) {
      const first = (epoch - 1) * stepsOf(plan) + group.first + 1;
      const batches = group.batches.map((rows, i) => batchOf(plan, rows, first + i));
      for (const probabilities of net.steps(batches, first)) seen.push(...probabilities);
    }
  const state = net.read();
  net.dispose();
  return { state, seen };
}

describe('recorded steps equal eager ones bit for bit', () => {
  const ways: Way[] = [
    { activation: 'relu', optimiser: 'adam', dropout: 0, l2: 0 },
    { activation: 'relu', optimiser: 'adam', dropout: 0.3, l2: 0.001 },
    { activation: 'tanh', optimiser: 'sgd', dropout: 0.3, l2: 0 },
    { activation: 'sigmoid', optimiser: 'sgd', dropout: 0, l2: 0.001 },
  ];
  for (const way of ways)
    test(`${way.activation}, ${way.optimiser}, dropout ${way.dropout}, l2 ${way.l2}`, () => {
      const log: string[] = [];
      const before = tf.memory().numTensors;
      const recorded = train(way, recordedSteps({ tf, folder, log: (message) => log.push(message) }));
      expect(tf.memory().numTensors).toBe(before);
      expect(recorded).toEqual(train(way, undefined));
      expect(log).toEqual([
        native
          ? '8 steps at a time run as one recorded graph, equal bit for bit'
          : expect.stringContaining('steps are computed operation by operation'),
      ]);
    });
});

test('steps are computed operation by operation where a graph gives other bits, and the log says so', () => {
  if (!native) return;
  const log: string[] = [];
  const inner = recordedSteps({ tf, folder, log: (message) => log.push(message) });
  // When the group of steps comes for the second time, its eager result is altered: the graph's then differs from it.
  let calls = 0;
  const meddling: Shortcut = {
    steps: (state, batches, eager) =>
      inner.steps(state, batches, () => {
        const done = eager();
        if (batches.length === 1 || ++calls !== 2) return done;
        const [moved] = tf.tidy(() => [done.state[0]!.add(1)]);
        done.state[0]!.dispose();
        return { ...done, state: [moved as (typeof done.state)[0], ...done.state.slice(1)] };
      }),
    dispose: () => inner.dispose(),
  };
  const before = tf.memory().numTensors;
  train({ activation: 'relu', optimiser: 'adam', dropout: 0, l2: 0 }, meddling, 2);
  expect(tf.memory().numTensors).toBe(before);
  expect(log).toEqual(['steps are computed operation by operation: recorded they give other bits']);
});

describe('an epoch is cut into groups', () => {
  test('of eight full batches, what is left over by itself, every row once', () => {
    for (const [rows, size, lengths] of [
      [150, 16, [8, 1, 1]],
      [16, 16, [1]],
      [10, 16, [1]],
      [64, 4, [8, 8]],
      [50, 16, [3, 1]],
    ] as const) {
      const plan = { data: { ...data, rows }, batchSize: size, seed: 1 } as unknown as BatchPlan;
      const groups = groupsOf(plan, orderOf(plan, 1));
      expect(groups.map((group) => group.batches.length)).toEqual(lengths);
      const all = groups.flatMap((group) => group.batches.flatMap((batch) => [...batch]));
      expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
      let first = 0;
      for (const group of groups) {
        expect(group.first).toBe(first);
        first += group.batches.length;
      }
    }
  });
});
