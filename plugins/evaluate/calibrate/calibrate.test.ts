import type { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { calibrate as mend, CALIBRATION_NAMES, fitCalibrator, type Calibrator } from '@trainyard/metrics';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import { partsOf, provideParts } from '../../../core/provided-parts.js';
import { openModel, type ModelTask } from '../../../models/index.js';
import { modelKindCases, runNode, type ModelKindExample } from '../../../worker/testing/index.js';
import { modelFor, tableOf, told } from '../told.test-part.js';
import { calibrateNode, finalNode, thresholdNode } from '../worker.js';
import { calibrated } from './calibrated-kind.js';
import { cheapest } from './threshold.js';
import type { calibrationFigures, thresholdFigures } from './contract.js';

provideParts(() => partsOf([told, calibrated]));
const parts = [told, calibrated];
const random = randomFrom(7);
const classes = ['well', 'sick'];
const task: ModelTask = { type: 'classification', label: 'y', classes };

/** Probabilities that are too certain: log odds of three times their right size. */
const rows: TableRow[] = Array.from({ length: 400 }, (_, i) => {
  const odds = (random.uniform() - 0.5) * 4;
  const isSick = random.uniform() < 1 / (1 + Math.exp(-odds));
  const p = 1 / (1 + Math.exp(-3 * odds));
  return { _row: `r${i}`, y: isSick ? 'sick' : 'well', a0: 1 - p, a1: p };
});
const [learnt, fresh] = [rows.slice(0, 200), rows.slice(200)];
const inputs = async (of: readonly TableRow[] = learnt) => ({
  model: await modelFor(task, ['a0', 'a1'], rows),
  table: await tableOf(of),
});
const truthOf = (of: readonly TableRow[]): number[] => of.map((row) => classes.indexOf(String(row['y'])));
const valuesOf = (of: readonly TableRow[]): number[] => of.flatMap((row) => [row['a0'] as number, row['a1'] as number]);

describe('the model kind "calibrated"', () => {
  const steps: Calibrator = { method: 'isotonic', curves: [{ x: [0.1, 0.6], y: [0.2, 0.5] }] };
  const example: ModelKindExample = {
    kind: calibrated,
    task,
    settings: { kind: 'told', settings: { columns: ['a0', 'a1'] }, calibrator: steps } as never,
    files: {},
    inputs: ['a0', 'a1'].map((name) => ({ name, type: 'number' as const })),
    rows: learnt.slice(0, 3).map(({ a0 = 0, a1 = 0 }) => ({ a0, a1 })),
  };
  for (const promise of modelKindCases) test(promise.name, () => promise.run(example));
});

for (const method of CALIBRATION_NAMES)
  test(`${method}: what is calibrated is a model that opens, answers as the calibration says, and is better on fresh rows`, async () => {
    const run = await runNode(calibrateNode, { params: { method }, inputs: await inputs(), parts });
    const figures = run.outputs['report']!.value as z.output<typeof calibrationFigures>;
    expect(figures.after.logLoss).toBeLessThan(figures.before.logLoss);
    if (method === 'temperature') expect(figures.temperature!).toBeGreaterThan(2);
    expect(figures.warnings.some((said) => said.includes('isotonic'))).toBe(method === 'isotonic');
    const model = await openModel(run.outputs['model']!);
    const answers = await model.score(fresh);
    const expected = Float64Array.from(valuesOf(fresh));
    mend(fitCalibrator(method, truthOf(learnt), { values: valuesOf(learnt), classes: 2 }), expected, 2);
    expect([...answers]).toEqual([...expected]);
    await model.dispose();
    const loss = async (of: (typeof run.outputs)[string] | Awaited<ReturnType<typeof modelFor>>): Promise<number> => {
      const measured = await runNode(finalNode, {
        inputs: { model: of, test: await tableOf(fresh) } as never,
        parts,
        store: run.store,
      });
      return (measured.output.value as { logLoss: number }).logLoss;
    };
    expect(await loss(run.outputs['model']!)).toBeLessThan(await loss(await modelFor(task, ['a0', 'a1'], rows)));
  });

test('a threshold is the one of the least cost on the rows, and the model answers by it', async () => {
  const costs = { well: { sick: 1 }, sick: { well: 8 } };
  const run = await runNode(thresholdNode, { params: { costs, resamples: 200 }, inputs: await inputs(), parts });
  const figures = run.outputs['report']!.value as z.output<typeof thresholdFigures>;
  const costAt = (at: number): number =>
    learnt.reduce((sum, row) => {
      const isSaid = (row['a1'] as number) >= at;
      return sum + (row['y'] === 'sick' ? (isSaid ? 0 : 8) : isSaid ? 1 : 0);
    }, 0) / learnt.length;
  expect(figures.cost).toBeCloseTo(costAt(figures.threshold), 12);
  for (const row of learnt) expect(costAt(row['a1'] as number)).toBeGreaterThanOrEqual(figures.cost - 1e-12);
  expect(figures.cost).toBeLessThan(figures.former.cost);
  expect(figures.expected).toBeCloseTo(1 / 9, 12);
  expect(figures.interval[0] <= figures.threshold && figures.threshold <= figures.interval[1]).toBe(true);
  const model = await openModel(run.outputs['model']!);
  const answers = await model.predict(fresh.map(({ a0, a1 }) => ({ a0, a1 })));
  answers.forEach((answer, i) =>
    expect(answer['label']).toBe((fresh[i]!['a1'] as number) >= figures.threshold ? 'sick' : 'well'),
  );
  await model.dispose();
  const measured = await runNode(finalNode, {
    params: { costs },
    inputs: { model: run.outputs['model']!, test: await tableOf(learnt) } as never,
    parts,
    store: run.store,
  });
  expect((measured.output.value as { expectedCost: number }).expectedCost).toBeCloseTo(figures.cost, 12);
});

test('of no row above the others the threshold is where costs are least, ties and all', () => {
  const truth = Int32Array.of(0, 1, 1, 0);
  const scores = [0.5, 0.5, 0.5, 0.5];
  const order = { order: Int32Array.of(0, 1, 2, 3), score: (row: number) => scores[row]!, truth };
  const once = Int32Array.of(1, 1, 1, 1);
  expect(cheapest(order, Float64Array.of(0, 1, 5, 0), once)).toEqual({ threshold: 0, cost: 2 });
  expect(cheapest(order, Float64Array.of(0, 5, 1, 0), once)).toEqual({ threshold: 1, cost: 2 });
});

test('costs of a class that there is not, of three classes, and of mistakes that cost nothing are refused', async () => {
  const chosen = async (costs: object, of = inputs()) =>
    runNode(thresholdNode, { params: { costs }, inputs: await of, parts });
  await expect(chosen({ wel: { sick: 1 } })).rejects.toThrow('did you mean "well"?');
  await expect(chosen({ well: { sick: 1 } })).rejects.toThrow('costs no more than a right answer');
  const three: ModelTask = { ...task, classes: ['a', 'b', 'c'] };
  const some = learnt.map((row) => ({ ...row, y: 'a', a2: 0 }));
  const of = { model: await modelFor(three, ['a0', 'a1', 'a2'], some), table: await tableOf(some) };
  await expect(chosen({ a: { b: 1 } }, Promise.resolve(of))).rejects.toThrow('between two classes');
});
