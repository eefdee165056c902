import { describe, expect, test } from 'vitest';
import { unpackCheckpoint, type Checkpoint } from './checkpoint.js';
import { net } from '../contract.js';
import { NOT_IN_KEY } from '../net/parameters.js';
import { textNet } from '../text/contract.js';
import { fineTuned } from '../tuned/contract.js';
import { diagnose } from './diagnosis.js';
import { trainInEpochs, type LoopOptions, type Trainee } from './loop.js';
import { budgetParameter, costParameter, energyOf, moneyOf, sayCost, Spending, type Budget } from './spending.js';

const cost = costParameter.parse({ watts: 100, perKwh: 0.3, perHour: 0.6 })!;
const HOUR = 3_600_000;

describe('what a training costs', () => {
  test('is watts × time as energy, and its price with that of the time as money', () => {
    expect(energyOf(HOUR, cost)).toBeCloseTo(0.1, 12);
    expect(moneyOf(HOUR, cost)).toBeCloseTo(0.1 * 0.3 + 0.6, 12);
    expect(sayCost(HOUR / 2, cost)).toBe('30 m, 50 Wh at 100 W, EUR 0.315');
    expect(sayCost(HOUR / 2, undefined)).toBe('30 m');
  });
});

/** A training of four steps an epoch, a step a minute by a clock of its own; its losses fall. */
function stage(budget: Budget, given: { saved?: Uint8Array; abortAfter?: number; epochs?: number } = {}) {
  let minute = 0;
  const abort = new AbortController();
  const trainee: Trainee = {
    steps: 4,
    advance: ({ epoch, steps, loss, weight }) => {
      minute++;
      if (minute === given.abortAfter) abort.abort(new Error('cancelled'));
      return { epoch, steps: steps + 1, loss: loss + 1 / minute, weight: weight + 1 };
    },
    validate: () => ({ loss: 1 / minute }),
    read: () => [Float32Array.of(minute)],
    write: () => undefined,
  };
  const lines: string[] = [];
  const saved: Uint8Array[] = [];
  const ctx = {
    signal: abort.signal,
    log: (line: string) => void lines.push(line),
    progress: () => undefined,
    report: async () => undefined,
    goesOn: false,
    checkpoint: { save: async (bytes: Uint8Array) => void saved.push(bytes), load: async () => given.saved },
  };
  const spending = new Spending(
    cost,
    budget,
    0,
    () => minute * 60_000,
    () => 300 * 2 ** 20,
  );
  const options: LoopOptions = {
    epochs: given.epochs ?? 10,
    patience: 100,
    minDelta: 0,
    checkpointSeconds: 1e9,
    fingerprint: 'sha256-a',
    reported: () => ({}),
    spending,
  };
  return { trained: () => trainInEpochs(trainee, options, ctx), lines, saved };
}

describe('a budget', () => {
  test('of time ends a training within an epoch, with the best so far, and says so', async () => {
    const { trained, lines } = stage({ minutes: 6.5 });
    const { history, parameters } = await trained();
    // The end is looked at, and kept out of what is left.
    expect(history.looks.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, undefined],
      [2, 2],
    ]);
    expect(history.stop).toMatchObject({ kind: 'budget' });
    expect([...parameters]).toEqual([6]);
    expect(lines.join('\n')).toMatch(/as the budget of 6 m.* was used up; the best was step 2 of epoch 2/);
    expect(diagnose(history, { priorLoss: 9, prior: 'x', deadUnits: 0 })[0]).toMatch(
      /^Ended by its budget of 6 m 30 s/,
    );
  });

  test('of money ends it by the prices', async () => {
    // A minute costs 0.01.
    const { history } = await stage({ money: 0.035, perHour: 0.6 }).trained();
    expect(history.looks).toHaveLength(1);
    expect(history.looks[0]).toMatchObject({ epoch: 1, step: 3 });
    expect(history.stop).toMatchObject({ kind: 'budget', budget: '0.035 at 0.6 an hour' });
  });

  test('of money has its price in it, as it decides the model and prices of cost are not in the key', () => {
    expect(() => budgetParameter.parse({ money: 2 })).toThrow(/money and perHour go together/);
    for (const { spec } of [net, textNet, fineTuned]) expect(spec.notInKey, spec.name).toEqual([...NOT_IN_KEY]);
  });

  test('that is too small for anything gives the model of one call', async () => {
    const { history } = await stage({ minutes: 0.001 }).trained();
    expect(history).toMatchObject({ best: 1, looks: [{ epoch: 1, step: 1 }] });
  });

  test('holds over attempts: what was spent before counts', async () => {
    const first = stage({ minutes: 6.5 }, { abortAfter: 3 });
    await expect(first.trained()).rejects.toThrow('cancelled');
    const saved = first.saved.at(-1)!;
    expect((unpackCheckpoint(saved, 'sha256-a') as Checkpoint).spentMs).toBe(180_000);
    const second = stage({ minutes: 6.5 }, { saved });
    const { history } = await second.trained();
    expect(history.looks.at(-1)).toMatchObject({ epoch: 2, step: 2 });
    expect(second.lines.at(-1)).toMatch(/^training took 6 m.*, 3 m.* of it before this attempt/);
  });

  test('that is not given ends nothing', async () => {
    expect((await stage(undefined, { epochs: 3 }).trained()).history.stop).toEqual({ kind: 'epochs' });
  });
});

test('an estimate comes of a timed sample, and at the end stands what it took', async () => {
  const { trained, lines } = stage(undefined, { epochs: 3 });
  await trained();
  expect(lines.filter((line) => line.startsWith('estimate'))).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^estimate, by 1 steps in 1 m: at most 12 m, [\d.]+ Wh at 100 W, EUR [\d.]+ in all, .*; this process had at most 300 MB so far$/,
  );
  expect(lines.at(-1)).toBe('training took 12 m, 20 Wh at 100 W, EUR 0.126; this process had at most 300 MB');
});

test('a cancelled training keeps what it reached, with the best so far, and goes on from there', async () => {
  const { trained, saved, lines } = stage(undefined, { abortAfter: 6 });
  await expect(trained()).rejects.toThrow('cancelled');
  const checkpoint = unpackCheckpoint(saved.at(-1)!, 'sha256-a') as Checkpoint;
  expect(checkpoint).toMatchObject({ position: { epoch: 2, steps: 2 }, bestLook: 1 });
  expect([...checkpoint.best]).toEqual([4]);
  expect(lines).toContain('cancelled; what was reached is kept, the best of it in epoch 1');
});
