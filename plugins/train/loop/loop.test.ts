import { describe, expect, test } from 'vitest';
import { packCheckpoint, unpackCheckpoint, type Checkpoint } from './checkpoint.js';
import { diagnose } from './diagnosis.js';
import type { Look, Stop } from './history.js';
import { trainInEpochs, type Trainee } from './loop.js';

const checkpoint: Checkpoint = {
  fingerprint: 'sha256-a',
  position: { epoch: 2, steps: 3, loss: 0.1 + 0.7, weight: 96 },
  looks: [
    { epoch: 1, step: 5, trainLoss: 0.7, learningRate: 0.1 * 3 },
    { epoch: 1, trainLoss: 0.5, validation: { loss: 0.1 + 0.2, accuracy: 0.5, f1Macro: 0.5 } },
  ],
  bestLook: 2,
  state: [Float32Array.of(1, 2), Float32Array.of(-0, 1e-45)],
  best: Float32Array.of(3, 4),
};

describe('a checkpoint', () => {
  test('comes back bit for bit', () => {
    const back = unpackCheckpoint(packCheckpoint(checkpoint), 'sha256-a') as Checkpoint;
    expect(back).toEqual(checkpoint);
    expect(Object.is(back.state[1]![0], -0)).toBe(true);
  });
  test('with any byte changed or cut off is refused', () => {
    const bytes = packCheckpoint(checkpoint);
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Uint8Array.from(bytes);
      damaged[i]! ^= 1;
      expect(unpackCheckpoint(damaged, 'sha256-a')).toEqual({ refused: 'it is damaged' });
      expect(unpackCheckpoint(bytes.subarray(0, i), 'sha256-a')).toEqual({ refused: 'it is damaged' });
    }
  });
  test('of another training is refused', () => {
    expect(unpackCheckpoint(packCheckpoint(checkpoint), 'sha256-b')).toEqual({ refused: 'it is of another training' });
  });
});

/** A trainee whose losses are given, of one step an epoch. */
function scripted(losses: readonly number[]): Trainee & { kept: () => number } {
  let now = 0;
  return {
    steps: 1,
    advance: ({ epoch }) => ({ epoch, steps: 1, loss: losses[(now = epoch) - 1] ?? 0, weight: 1 }),
    validate: () => ({ loss: losses[now - 1] ?? 0, accuracy: 0, f1Macro: 0 }),
    read: () => [Float32Array.of(now)],
    write: () => undefined,
    kept: () => now,
  };
}
const surroundings = (signal = new AbortController().signal, saved?: Uint8Array) => {
  const log: string[] = [];
  return {
    log: (message: string) => void log.push(message),
    progress: () => undefined,
    report: async () => undefined,
    goesOn: false,
    checkpoint: { save: async () => undefined, load: async () => saved },
    signal,
    lines: log,
  };
};
const options = {
  epochs: 10,
  patience: 3,
  minDelta: 0,
  checkpointSeconds: 1e9,
  fingerprint: 'sha256-a',
  reported: () => ({}),
};

describe('the loop', () => {
  test('keeps the best epoch and stops by patience', async () => {
    const { history, parameters } = await trainInEpochs(scripted([5, 4, 3, 3.5, 3.2, 3.1, 1]), options, surroundings());
    expect(history).toMatchObject({ best: 3, stop: { kind: 'patience', epochs: 3 } });
    expect(history.looks).toHaveLength(6);
    expect([...parameters]).toEqual([3]);
  });
  test('that diverges later keeps the best before', async () => {
    const { history, parameters } = await trainInEpochs(scripted([5, 4, NaN]), options, surroundings());
    expect(history).toMatchObject({ best: 2, stop: { kind: 'diverged', epoch: 3 } });
    expect([...parameters]).toEqual([2]);
  });
  test('begins anew when a checkpoint is damaged, and says so', async () => {
    const ctx = surroundings(undefined, packCheckpoint(checkpoint).subarray(1));
    await trainInEpochs(scripted([5, 4]), { ...options, epochs: 2 }, ctx);
    expect(ctx.lines[0]).toBe('a checkpoint was not taken up, as it is damaged; training begins anew');
  });
  test('stops at once when cancelled', async () => {
    const abort = new AbortController();
    abort.abort(new Error('cancelled'));
    await expect(trainInEpochs(scripted([5]), options, surroundings(abort.signal))).rejects.toThrow('cancelled');
  });
});

describe('the diagnosis', () => {
  const say = (train: number[], validation: number[] | undefined, best: number, stop: Stop, dead = 0) => {
    const looks = train.map((trainLoss, i): Look => {
      const loss = validation?.[i];
      return {
        epoch: i + 1,
        trainLoss,
        ...(loss === undefined ? {} : { validation: { loss, accuracy: 0, f1Macro: 0 } }),
      };
    });
    return diagnose(
      { looks, best, stop },
      { priorLoss: 1.1, prior: 'the shares of the classes', deadUnits: dead },
    ).join('\n');
  };
  const patience: Stop = { kind: 'patience', epochs: 3 };
  const done: Stop = { kind: 'epochs' };
  const falling = Array.from({ length: 20 }, (_, i) => 1 / (i + 1));

  test('overfitting', () => {
    expect(say([0.9, 0.5, 0.3, 0.2, 0.1, 0.05], [0.8, 0.6, 0.5, 0.6, 0.7, 0.8], 3, patience)).toMatch(
      /^Overfitting from epoch 4: the validation loss rose from 0.5 to 0.8/,
    );
  });
  test('a learning rate that is too high', () => {
    expect(say([1, 2, 0.9, 1.8, 1.2, 1.9], undefined, 6, done)).toMatch(/learning rate may be too high.*3 of 5 epochs/);
  });
  test('not converged', () => {
    expect(say(falling, falling, 20, done)).toMatch(
      /^Not converged: in the last tenth of the epochs the loss still fell by 10.0 %/,
    );
  });
  test('underfitting', () => {
    expect(say([1.09, 1.08, 1.08], [1.1, 1.09, 1.09], 2, done)).toMatch(/^Underfitting: the loss of 1.09/);
  });
  test('divergence', () => {
    expect(say([0.3, 0.2], [0.3, 0.2], 2, { kind: 'diverged', epoch: 3 })).toMatch(/^Diverged in epoch 3/);
  });
  test('dead units', () => {
    expect(say([0.3, 0.2, 0.1], [0.3, 0.2, 0.1], 3, done, 0.4)).toMatch(/^40 % of the hidden units are 0/);
  });
  test('nothing, where the loss fell and settled', () => {
    const settled = Array.from({ length: 20 }, (_, i) => 0.1 + Math.exp(-i));
    expect(say(settled, settled, 20, done)).toBe('Nothing stands out: the loss fell and settled.');
  });
});
