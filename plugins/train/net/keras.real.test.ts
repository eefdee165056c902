import { readFileSync } from 'node:fs';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadTensorflow, type Tensorflow } from '../../../setup/tensorflow-load.js';
import type { Network } from './network.js';
import { binaryCrossEntropy } from './objectives/binary-cross-entropy.js';
import { crossEntropy } from './objectives/cross-entropy.js';
import { numberObjective, quantileObjective } from './objectives/numbers.js';
import type { Objective } from './objectives/objective.js';
import { optimiserOf, OPTIMISERS } from './optimisers/index.js';
import type { LoopParameters } from './parameters.js';
import { scheduleOf } from './schedules/index.js';
import { step, type Clip } from './step.js';

/** What Keras does; made by reference/make-keras.py. */
const keras = JSON.parse(readFileSync(new URL('reference/keras.json', import.meta.url), 'utf8')) as {
  rate: number;
  start: number[];
  gradients: number[][];
  seen: number[];
  optimisers: { settings: { name: string }; states: number[][] }[];
  schedules: Record<'cosine' | 'exponential' | 'step', number[]>;
  clip: Record<'norm' | 'short', number[]>;
  losses: {
    scores: number[][];
    weights: number[];
    classes: number[][];
    sets: number[][];
    numbers: number[][];
    slopes: Record<string, number[][]>;
  };
};

let tf: Tensorflow;
beforeAll(async () => {
  ({ tf } = await loadTensorflow({ threads: 1 }));
});

const near = (actual: ArrayLike<number>, expected: readonly number[], within: number): void =>
  expected.forEach((value, i) =>
    expect(Math.abs(actual[i]! - value), `${i}: ${actual[i]} for ${value}`).toBeLessThan(
      within * Math.max(1, Math.abs(value)),
    ),
  );

describe('an optimiser moves parameters over 50 steps as the one of Keras', () => {
  test('each of them', () => {
    expect(new Set(keras.optimisers.map(({ settings }) => settings.name))).toEqual(new Set(OPTIMISERS));
  });
  for (const { settings, states } of keras.optimisers)
    test(JSON.stringify(settings), () => {
      const optimiser = optimiserOf(settings as LoopParameters['optimizer']);
      const size = keras.start.length;
      let state = [
        tf.tensor1d(keras.start),
        ...optimiser.slots.map((value) => tf.fill([size], value) as Tensor1D),
      ] as Tensor1D[];
      keras.gradients.forEach((gradient, i) => {
        const next = tf.tidy(() =>
          optimiser.move(
            tf,
            state[0]!,
            tf.tensor1d(gradient),
            state.slice(1),
            optimiser.rates(i + 1, keras.rate).map((rate) => tf.tensor1d([rate])),
          ),
        );
        tf.dispose(state);
        state = next;
        const seen = keras.seen.indexOf(i + 1);
        if (seen >= 0) near(state[0]!.dataSync(), states[seen]!, 2e-6);
      });
      tf.dispose(state);
    });
});

describe('a schedule has the rates of Keras', () => {
  // 10 epochs of 20 steps; Keras counts steps done.
  const plan = { learningRate: 0.5, perEpoch: 20, epochs: 10 };
  const cases = [
    ['cosine', { ...plan, schedule: { name: 'cosine', floor: 0.1 }, warmup: 2 }, [1, 20, 40, 41, 100, 160, 199]],
    ['exponential', { ...plan, schedule: { name: 'exponential', factor: 0.9 }, warmup: 0 }, [0, 7, 20, 100, 199]],
    ['step', { ...plan, schedule: { name: 'step', every: 3, factor: 0.1 }, warmup: 0 }, [0, 7, 59, 60, 100, 199]],
  ] as const;
  for (const [name, given, steps] of cases)
    test(name, () => {
      const schedule = scheduleOf(given);
      // In warm-up Keras gives step 0 a rate of 0, ours starts one step up: the last step of both has the whole rate.
      const rising = given.warmup * given.perEpoch;
      const rates = steps.map((done) => schedule.rate(done < rising ? done : done + 1, []));
      near(rates, keras.schedules[name], 1e-6);
    });
});

describe('a schedule on plateau', () => {
  const schedule = scheduleOf({
    schedule: { name: 'plateau', factor: 0.5, patience: 2, minDelta: 0.01, floor: 0.2 },
    learningRate: 1,
    warmup: 0,
    perEpoch: 1,
    epochs: 10,
  });
  const after = (...losses: number[]): number =>
    schedule.rate(
      losses.length + 1,
      losses.map((loss, i) => ({ epoch: i + 1, trainLoss: 9, validation: { loss } })),
    );
  test('falls when the loss has not fallen for its patience, counts anew, and stops at its floor', () => {
    expect(after()).toBe(1);
    expect(after(1, 0.9, 0.8)).toBe(1);
    expect(after(1, 0.995)).toBe(1);
    expect(after(1, 0.995, 1)).toBe(0.5);
    expect(after(1, 0.995, 1, 1)).toBe(0.5);
    expect(after(1, 0.995, 1, 0.5)).toBe(0.5);
    expect(after(1, 1, 1, 1, 1)).toBe(0.25);
    expect(after(1, 1, 1, 1, 1, 1, 1, 1, 1)).toBe(0.2);
  });
});

describe('the gradient of a loss by the scores is that of Keras', () => {
  const { scores, weights, classes, sets, numbers, slopes } = keras.losses;
  const first = scores.map((row) => row.slice(0, 1));
  const cases: Record<string, [Objective, number[][], number[][]]> = {
    'cross-entropy': [crossEntropy(4), scores, classes],
    'label smoothing 0.1': [crossEntropy(4, { labelSmoothing: 0.1 }), scores, classes],
    'focal 2': [crossEntropy(4, { focal: 2 }), scores, classes],
    'focal 0.5': [crossEntropy(4, { focal: 0.5 }), scores.map(() => scores[1]!), classes],
    binary: [binaryCrossEntropy(4), scores, sets],
    'binary, label smoothing 0.1': [binaryCrossEntropy(4, 0.1), scores, sets],
    squared: [numberObjective('squared', 1), first, numbers],
    absolute: [numberObjective('absolute', 1), first, numbers],
    'huber 1': [numberObjective('huber', 1), first, numbers],
    'huber 0.3': [numberObjective('huber', 0.3), first, numbers],
  };
  test('each of them', () => expect(Object.keys(cases)).toEqual(Object.keys(slopes)));
  for (const [name, [objective, given, truth]] of Object.entries(cases))
    test(name, () => {
      const rows = given.length;
      const slope = tf.tidy(() =>
        objective.slope(
          tf,
          objective.answers(tf, tf.tensor2d(given)),
          tf.tensor2d(truth),
          tf.tensor2d(weights.map((weight) => [weight / rows])),
        ),
      );
      near(slope.dataSync(), slopes[name]!.flat(), 2e-6);
      slope.dispose();
    });
});

test('the gradient of the pinball loss is that of its values', () => {
  const objective = quantileObjective([0.1, 0.5, 0.8]);
  const answers = Float32Array.of(-1, 0.25, 2);
  const target = Float32Array.of(0.5);
  const slope = tf.tidy(() =>
    objective.slope(tf, tf.tensor2d(answers, [1, 3]), tf.tensor2d(target, [1, 1]), tf.tensor2d([[1]])),
  );
  slope.dataSync().forEach((value, k) => {
    const at = (by: number): number =>
      objective.loss(
        answers.map((answer, i) => (i === k ? answer + by : answer)),
        target,
      );
    // The values are means over the quantiles, the gradient is of their sum.
    expect(value).toBeCloseTo((3 * (at(0.125) - at(-0.125))) / 0.25, 5);
  });
  slope.dispose();
});

test('a gradient is clipped by its length as in TensorFlow, and by its numbers', () => {
  const gradient = keras.gradients[0]!;
  const network: Network = {
    features: 1,
    parameters: gradient.length,
    draws: [],
    atOnce: 1,
    answers: (_tf, _objective, _parameters, x) => x,
    gradient: (_tf, _objective, _parameters, { x }) => ({ gradient: tf.tensor1d(gradient), answers: x }),
  };
  const movedBy = (clip: Clip): Float32Array =>
    tf.tidy(() => {
      const x = tf.tensor2d([[0]]);
      const parts = {
        network,
        objective: numberObjective('squared', 1),
        optimiser: optimiserOf({ name: 'sgd', momentum: 0, nesterov: false }),
        l1: undefined,
        l2: undefined,
        clip,
      };
      const { state } = step(tf, parts, [tf.zeros([gradient.length])], {
        batches: [{ x, y: x, weight: x, draws: [] }],
        rates: [tf.tensor1d([-1])],
      });
      return state[0]!.dataSync<'float32'>().slice();
    });
  near(movedBy({ norm: 2 }), keras.clip.norm, 1e-6);
  near(movedBy({ norm: 1e3 }), keras.clip.short, 1e-6);
  near(
    movedBy({ value: 0.5 }),
    gradient.map((value) => Math.max(-0.5, Math.min(0.5, value))),
    1e-7,
  );
});
