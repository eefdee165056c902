import { expect, test } from 'vitest';
import { partsOf, provideParts } from '../../../core/provided-parts.js';
import type { ModelTask } from '../../../models/index.js';
import { runNode } from '../../../worker/testing/index.js';
import { modelFor, tableOf, told } from '../told.test-part.js';
import { finalNode, gatesNode, slicesNode } from '../worker.js';

provideParts(() => partsOf([told]));
const parts = [told];
const task: ModelTask = { type: 'classification', label: 'y', classes: ['no', 'yes'] };

/** Nine rows of ten are right, in both regions. */
const rows = Array.from({ length: 400 }, (_, i) => {
  const [y, isRight] = [i % 2 ? 'yes' : 'no', i % 10 < 9];
  const yes = (y === 'yes') === isRight ? 0.8 : 0.2;
  return { _row: `r${i}`, y, region: i % 4 < 2 ? 'north' : 'south', a0: 1 - yes, a1: yes };
});

const held = async (params: object) => {
  const [model, table] = [await modelFor(task, ['a0', 'a1'], rows), await tableOf(rows)];
  const final = await runNode(finalNode, { params: { resamples: 100 }, inputs: { model, test: table }, parts });
  const slices = await runNode(slicesNode, {
    params: { columns: ['region'], resamples: 100, metric: 'f1.macro', ...params },
    inputs: { model, table },
    parts,
    store: final.store,
  });
  const run = await runNode(gatesNode, {
    inputs: { model, final: final.output, slices: slices.output } as never,
    parts,
    store: final.store,
  });
  return (run.output.value as { gates: { verdict: string; says: string }[] }).gates[0]!;
};

test('slices of which none is found worse have passed nothing, and the gate names the error that was tested', async () => {
  const gate = await held({});
  expect(gate.verdict).toBe('cannot tell');
  expect(gate.says).toContain('answered wrong');
  expect(gate.says).toContain('not by f1');
});

test('slices that keep to a limit have passed, by the figure', async () => {
  const gate = await held({ limit: 0.5 });
  expect(gate.verdict).toBe('passed');
  expect(gate.says).toContain('against 0.5 by f1');
});
