import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { Activation } from '../kinds/dense-net.js';
import { loadTensorflow, type Tensorflow } from '../../../setup/tensorflow-load.js';
import type { Dataset } from '../dataset.js';
import { feedOf } from '../feed/feed.js';
import { inMemory } from '../feed/held.js';
import { groupAfter, stepOf, stepsOf, type BatchPlan } from './batches.js';
import { denseNetwork } from './dense.js';
import { crossEntropy } from './objectives/cross-entropy.js';
import { optimiserOf } from './optimisers/index.js';
import type { LoopParameters } from './parameters.js';
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
  readonly optimiser: Parameters<typeof optimiserOf>[0];
  readonly dropout: number;
  readonly l2: number;
  readonly more?: Partial<Pick<LoopParameters, 'l1' | 'clipNorm' | 'clipValue' | 'accumulate'>> & {
    readonly focal?: number;
    readonly labelSmoothing?: number;
  };
}

/** State after some epochs, and the probabilities of all batches on the way. */
async function train(
  way: Way,
  shortcut: Shortcut | undefined,
  epochs = 4,
): Promise<{ state: Float32Array[]; seen: number[] }> {
  const layers = [16, 8, 3].map((units, i) => ({ units, activation: i === 2 ? ('linear' as const) : way.activation }));
  const shape = shapeOf({ features: data.width, layers });
  const { l1 = 0, clipNorm, clipValue, accumulate = 1, ...learned } = way.more ?? {};
  const penalty = (size: number) => (size === 0 ? undefined : new Float32Array(shape.parameters).fill(size));
  const network = denseNetwork(shape, way.dropout);
  const optimiser = optimiserOf(way.optimiser);
  const net = runningNet(
    {
      tf,
      network,
      objective: crossEntropy(3, learned),
      optimiser,
      l2: penalty(2 * way.l2),
      l1: penalty(l1),
      clip: { norm: clipNorm, value: clipValue },
      initial: initialValues(shape, 1),
      watched: { rows: 0, atOnce: 1, features: () => new Float32Array() },
    },
    shortcut,
  );
  const plan: BatchPlan = {
    rows: data.rows,
    width: data.width,
    target: (row, into, at) => {
      into[at + data.labels[row]!] = 1;
    },
    targets: 3,
    weight: (row) => [1, 2, 1][data.labels[row]!]!,
    draws: network.draws,
    batchSize: accumulate === 1 ? 16 : 8,
    accumulate,
    lookEvery: 0,
    seed: 4,
  };
  const seen: number[] = [];
  const feed = feedOf(inMemory(data.features, data.rows, data.width), plan.seed, 1);
  for (let epoch = 1; epoch <= epochs; epoch++)
    for (let done = 0; done < stepsOf(plan);) {
      const group = groupAfter(plan, done);
      const first = (epoch - 1) * stepsOf(plan) + done + 1;
      const taken = await feed.take(epoch, group.from, group.to);
      const steps = Array.from({ length: group.steps }, (_, i) =>
        stepOf(plan, taken, i, first + i, optimiser.rates(first + i, 0.01)),
      );
      for (const probabilities of net.steps(steps)) seen.push(...probabilities);
      done += group.steps;
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
    { activation: 'relu', optimiser: { name: 'sgd', momentum: 0.8, nesterov: true }, dropout: 0, l2: 0 },
    { activation: 'relu', optimiser: { name: 'adam', amsgrad: true }, dropout: 0, l2: 0, more: { l1: 1e-3 } },
    { activation: 'relu', optimiser: 'adamw', dropout: 0, l2: 0, more: { clipNorm: 0.1 } },
    { activation: 'relu', optimiser: 'nadam', dropout: 0, l2: 0, more: { clipValue: 0.01 } },
    { activation: 'relu', optimiser: 'adamax', dropout: 0, l2: 0, more: { accumulate: 2 } },
    {
      activation: 'relu',
      optimiser: { name: 'rmsprop', centered: true, momentum: 0.5 },
      dropout: 0.1,
      l2: 0,
      more: { labelSmoothing: 0.1 },
    },
    { activation: 'relu', optimiser: 'adagrad', dropout: 0, l2: 0, more: { focal: 2 } },
    { activation: 'relu', optimiser: 'adadelta', dropout: 0, l2: 0 },
    { activation: 'relu', optimiser: 'lion', dropout: 0, l2: 0 },
  ];
  for (const way of ways)
    test(JSON.stringify(Object.values(way)), async () => {
      const log: string[] = [];
      const before = tf.memory().numTensors;
      const recorded = await train(way, recordedSteps({ tf, folder, log: (message) => log.push(message) }));
      expect(tf.memory().numTensors).toBe(before);
      expect(recorded).toEqual(await train(way, undefined));
      expect(log).toEqual([
        native
          ? `${way.more?.accumulate === 2 ? 4 : 8} steps at a time run as one recorded graph, equal bit for bit`
          : expect.stringContaining('steps are computed operation by operation'),
      ]);
    });
});

test('steps are computed operation by operation where a graph gives other bits, and the log says so', async () => {
  if (!native) return;
  const log: string[] = [];
  const inner = recordedSteps({ tf, folder, log: (message) => log.push(message) });
  // When the group of steps comes for the second time, its eager result is altered: the graph's then differs from it.
  let calls = 0;
  const meddling: Shortcut = {
    steps: (state, steps, eager) =>
      inner.steps(state, steps, () => {
        const done = eager();
        if (steps.length === 1 || ++calls !== 2) return done;
        const [moved] = tf.tidy(() => [done.state[0]!.add(1)]);
        done.state[0]!.dispose();
        return { ...done, state: [moved as (typeof done.state)[0], ...done.state.slice(1)] };
      }),
    dispose: () => inner.dispose(),
  };
  const before = tf.memory().numTensors;
  await train({ activation: 'relu', optimiser: 'adam', dropout: 0, l2: 0 }, meddling, 2);
  expect(tf.memory().numTensors).toBe(before);
  expect(log).toEqual(['steps are computed operation by operation: recorded they give other bits']);
});

describe('an epoch is cut into groups', () => {
  const groupsOf = (plan: Partial<BatchPlan>) => {
    const whole = { accumulate: 1, lookEvery: 0, seed: 1, ...plan } as BatchPlan;
    const groups = [];
    for (let done = 0; done < stepsOf(whole); done += groups.at(-1)!.steps) groups.push(groupAfter(whole, done));
    return groups;
  };

  test('of eight full batches, what is left over by itself, every row once', () => {
    for (const [rows, batchSize, lengths] of [
      [150, 16, [8, 1, 1]],
      [16, 16, [1]],
      [10, 16, [1]],
      [64, 4, [8, 8]],
      [50, 16, [3, 1]],
    ] as const) {
      const groups = groupsOf({ rows, batchSize });
      expect(groups.map(({ steps }) => steps)).toEqual(lengths);
      expect(groups.map(({ from }) => from)).toEqual([0, ...groups.slice(0, -1).map(({ to }) => to)]);
      expect(groups.at(-1)!.to).toBe(rows);
    }
  });

  test('so that calls end where the loss is looked at', () => {
    for (const [lookEvery, together] of [
      [4, 4],
      [12, 6],
      [7, 7],
      [11, 1],
      [40, 8],
    ] as const) {
      const groups = groupsOf({ rows: 1000, batchSize: 10, lookEvery });
      expect(groups[0]!.steps).toBe(together);
      const ends = new Set(groups.map(({ to }) => to / 10));
      for (let at = lookEvery; at < 100; at += lookEvery) expect(ends.has(at)).toBe(true);
    }
  });
});
