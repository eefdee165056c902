import type { z } from 'zod';
import { expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { ExperimentPlan, experimentVerdict } from '@trainyard/metrics/contract';
import type { TableRow } from '@trainyard/tables';
import { runNode } from '../../../worker/testing/index.js';
import { tableOf } from '../told.test-part.js';
import { experimentNode, planNode } from '../worker.js';

const question = {
  metric: { type: 'share', name: 'sold', base: 0.2, effect: 0.1 },
  guards: [{ type: 'mean', name: 'seconds', better: 'smaller', deviation: 1, margin: 0.5 }],
};
const planned = async () => (await runNode(planNode, { params: question })).output.value as ExperimentPlan;

/** Rows of both arms: B sells to more, and may be slower. */
function rowsOf(count: number, slower: number): TableRow[] {
  const random = randomFrom(5);
  return Array.from({ length: count }, (_, i) => {
    const isB = i % 2 === 1;
    return {
      _row: `r${i}`,
      customer: `c${i}`,
      arm: isB ? 'B' : 'A',
      sold: Number(random.uniform() < (isB ? 0.35 : 0.2)),
      seconds: 2 * random.uniform() + (isB ? slower : 0),
    };
  });
}
async function judge(rows: readonly TableRow[], params = {}) {
  const inputs = { plan: { value: await planned() }, outcomes: await tableOf(rows) };
  const { output } = await runNode(experimentNode, { params, inputs: inputs as never });
  const value = output.value as z.output<typeof experimentVerdict>;
  return { value, page: await output.text('report.html'), report: await output.text('report.json') };
}

test('an experiment is planned, looked at as often as one likes, and ends with a verdict in words', async () => {
  const { most, fixed } = await planned();
  expect(most.treatment).toBeGreaterThan(fixed.treatment);
  const rows = rowsOf(2000, 0);
  const early = await judge(rows.slice(0, 150));
  expect(early.value).toMatchObject({ verdict: 'too early', ended: false, rows: { control: 75, treatment: 75 } });
  const { value, page, report } = await judge(rows, { unit: 'customer' });
  expect(value).toMatchObject({ verdict: 'better', ended: true, guards: [{ name: 'seconds', verdict: 'kept' }] });
  expect(value.says).toMatch(/^B is better than A by 0\.1\d+ .*all guard metrics are kept$/);
  const share = (arm: string): number => {
    const own = rows.filter((row) => row['arm'] === arm);
    return own.filter((row) => row['sold'] === 1).length / own.length;
  };
  expect(value.metric.difference).toBeCloseTo(share('B') - share('A'), 12);
  expect(page).toContain(value.says);
  expect(JSON.parse(report)).toMatchObject({ verdict: 'better', plan: { format: 'trainyard.experiment-plan/1' } });
});

test('a guard metric that got worse stops the experiment, however well the arm sells', async () => {
  const { value } = await judge(rowsOf(2000, 1));
  expect(value.verdict).toBe('stopped');
  expect(value.says).toContain('guard metric "seconds" of B got worse by');
});

test('rows without an outcome yet count for the split alone', async () => {
  const open = rowsOf(2000, 0).map((row, i) => (i > 3 && i < 600 ? { ...row, sold: null } : row));
  const { value } = await judge(open);
  expect(value.rows).toEqual({ control: 1000, treatment: 1000 });
  expect(value.metric.difference).not.toBeNull();
  const lost = await judge(rowsOf(2000, 0).filter((_, i) => i % 2 === 0 || i % 10 !== 1));
  expect(lost.value.verdict).toBe('not valid');
});

test('rows that an experiment cannot count are refused, with what is wrong', async () => {
  const rows = rowsOf(300, 0);
  const other = rows.map((row, i) => (i < 3 ? { ...row, arm: 'C' } : row));
  await expect(judge(other)).rejects.toThrow('arms that are not planned: 3 of "C"');
  await expect(judge(rows.map((row, i) => (i === 4 ? { ...row, arm: null } : row)))).rejects.toThrow('1 of none');
  const half = rows.map((row, i) => (i === 4 ? { ...row, sold: 0.5 } : row));
  await expect(judge(half)).rejects.toThrow('1 rows of "A" have another outcome "sold"');
  const words = rows.map((row) => ({ ...row, sold: 'yes' }));
  await expect(judge(words)).rejects.toThrow('the outcome "sold" is text');
  await expect(judge(rows, { arm: 'branch' })).rejects.toThrow('branch');
  const twice = rows.map((row, i) => (i === 4 ? { ...row, customer: 'c1' } : row));
  await expect(judge(twice, { unit: 'customer' })).rejects.toThrow('300 rows are of 299 different "customer"');
});
