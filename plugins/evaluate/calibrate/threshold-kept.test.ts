import type { z } from 'zod';
import { expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import { partsOf, provideParts } from '../../../core/provided-parts.js';
import { openModel, type ModelTask } from '../../../models/index.js';
import { runNode } from '../../../worker/testing/index.js';
import { modelFor, tableOf, told } from '../told.test-part.js';
import { calibrateNode } from '../worker.js';
import { calibrated } from './calibrated-kind.js';
import type { calibrationFigures } from './contract.js';

provideParts(() => partsOf([told, calibrated]));
const parts = [told, calibrated];
const task: ModelTask = { type: 'classification', label: 'y', classes: ['well', 'sick'], threshold: 0.3 };

/** Rows whose log odds are `times` as large as they should be. */
const rowsOf = (times: number, rare = 0): TableRow[] => {
  const random = randomFrom(3);
  return Array.from({ length: 300 }, (_, i) => {
    const odds = (random.uniform() - 0.5) * 4 - rare;
    const isSick = random.uniform() < 1 / (1 + Math.exp(-odds));
    const p = 1 / (1 + Math.exp(-times * odds));
    return { _row: `r${i}`, y: isSick ? 'sick' : 'well', a0: 1 - p, a1: p };
  });
};
const run = async (method: string, rows: readonly TableRow[], of: ModelTask = task) => {
  const inputs = { model: await modelFor(of, ['a0', 'a1'], rows), table: await tableOf(rows) };
  const made = await runNode(calibrateNode, { params: { method }, inputs, parts });
  return { made, figures: made.outputs['report']!.value as z.output<typeof calibrationFigures> };
};

for (const method of ['temperature', 'platt'])
  test(`${method}: a model that answers by a threshold answers the same classes after it`, async () => {
    const rows = rowsOf(3);
    const model = await openModel((await run(method, rows)).made.outputs['model']!);
    const answers = await model.predict(rows.map(({ a0 = null, a1 = null }) => ({ a0, a1 })));
    await model.dispose();
    const labels = rows.map((row) => ((row['a1'] as number) >= 0.3 ? 'sick' : 'well'));
    expect(answers.map((answer) => answer['label'])).toEqual(labels);
    // Rows between the threshold and ½ are those that a lost threshold changes.
    expect(rows.filter((row) => (row['a1'] as number) >= 0.3 && (row['a1'] as number) < 0.5).length).toBeGreaterThan(5);
  });

test('a threshold that steps or a reversed order cannot carry is refused in words', async () => {
  await expect(run('isotonic', rowsOf(3))).rejects.toThrow('threshold');
  await expect(run('platt', rowsOf(-1))).rejects.toThrow('threshold');
});

test('warnings name a rare class, a temperature without bounds and an order that is reversed', async () => {
  const { threshold: _, ...plain } = task as Extract<ModelTask, { type: 'classification' }>;
  const said = async (method: string, rows: readonly TableRow[]) =>
    (await run(method, rows, plain)).figures.warnings.join('\n');
  expect(await said('temperature', rowsOf(3))).toBe('');
  expect(await said('temperature', rowsOf(1, 4))).toContain('"sick"');
  expect(await said('platt', rowsOf(-1))).toContain('reverses');
  const certain = rowsOf(1).map((row) => ({ ...row, y: (row['a1'] as number) > 0.5 ? 'sick' : 'well' }));
  expect(await said('temperature', certain)).toContain('edge');
});
