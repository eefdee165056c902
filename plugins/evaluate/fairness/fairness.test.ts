import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { afterAll, expect, test } from 'vitest';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import { partsOf } from '../../../core/provided-parts.js';
import { openModel, type ModelTask } from '../../../models/index.js';
import { runNode } from '../../../worker/testing/index.js';
import * as kinds from '../../train/parts.js';
import { tablesIn } from '../../train/table-of.test-part.js';
import { logisticNode } from '../../train/worker.js';
import { modelFor, tableOf, told } from '../told.test-part.js';
import { fairnessNode, groupThresholdsNode } from '../worker.js';
import type { fairnessFigures, groupThresholdFigures } from './contract.js';
import { grouped } from './group-kind.js';

const folder = mkdtempSync(join(tmpdir(), 'fairness-'));
afterAll(() => rmSync(folder, { recursive: true }));
const random = randomFrom(3);
const task: ModelTask = { type: 'classification', label: 'y', classes: ['no', 'yes'] };

/** Of those who are to be found, the old are found less often; one region has few rows. */
const rows: TableRow[] = Array.from({ length: 500 }, (_, i) => {
  const age = i % 2 === 0 ? 'old' : 'young';
  const y = random.uniform() < 0.5 ? 'yes' : 'no';
  const odds = (y === 'yes' ? (age === 'old' ? 0.1 : 1.5) : -1.2) + (random.uniform() - 0.5) * 3;
  const p = 1 / (1 + Math.exp(-odds));
  return { _row: `r${i}`, age, region: i < 8 ? 'isle' : i % 3 === 0 ? 'north' : 'south', x: odds, y, a0: 1 - p, a1: p };
});
const judge = async (params: object, of: readonly TableRow[] = rows) => {
  const inputs = { model: await modelFor(task, ['a0', 'a1'], of), table: await tableOf(of) };
  const run = await runNode(fairnessNode, { params: { resamples: 200, ...params }, inputs, parts: [told] });
  const report = JSON.parse(await run.output.text('report.json')) as z.output<typeof fairnessFigures>;
  return {
    run,
    report,
    value: run.output.value as z.output<typeof fairnessFigures>,
    page: await run.output.text('report.html'),
  };
};

test('groups and their intersection have distances with intervals, and limits are kept by whole intervals', async () => {
  const limits = { equalOpportunity: 0.1, predictiveParity: 0.9 };
  const { report, value, page, run } = await judge({ groups: ['age', 'region'], limits });
  expect(value.verdict).toBe('failed');
  expect(report.cuts.map(({ columns }) => columns)).toEqual([['age'], ['region'], ['age', 'region']]);
  const gap = (cut: number, name: string) => report.cuts[cut]!.gaps.find((one) => one.name === name)!;
  const found = (age: string): number => {
    const own = rows.filter((row) => row['age'] === age && row['y'] === 'yes');
    return own.filter((row) => (row['a1'] as number) > 0.5).length / own.length;
  };
  expect(gap(0, 'equalOpportunity').value).toBeCloseTo(found('young') - found('old'), 12);
  expect(gap(0, 'equalOpportunity')).toMatchObject({ verdict: 'failed', limit: 0.1 });
  expect(gap(0, 'predictiveParity').verdict).toBe('passed');
  const [low, high] = gap(0, 'equalisedOdds').interval!;
  expect(low < gap(0, 'equalisedOdds').value! && gap(0, 'equalisedOdds').value! < high).toBe(true);
  // Eight rows: they are shown, and in no distance.
  expect(report.cuts[1]!.groups.find(({ group }) => group[0] === 'isle')).toMatchObject({ n: 8, tooSmall: true });
  expect(value.warnings[0]).toContain('1 of 3 groups by region are too small');
  expect(JSON.stringify(value).length).toBeLessThan(4096);
  expect(page).toContain('too small');
  const again = await judge({ groups: ['age', 'region'], limits });
  expect(again.run.output.ref.digest).toBe(run.output.ref.digest);
});

test('ten groups that are treated alike do not fail, though the largest distance of few rows is never 0', async () => {
  const clubs = rows.map((row, i) => ({ ...row, club: `club ${i % 10}` }));
  const { report } = await judge({ groups: ['club'], limits: { selectionRate: 0.1 } }, clubs);
  const [gap] = report.cuts[0]!.gaps;
  // Draws alone would say that the distance is above the limit.
  expect(gap!.value!).toBeGreaterThan(0.1);
  expect(gap!.interval![0]).toBeGreaterThan(0.1);
  expect(gap!.verdict).toBe('cannot tell');
});

test('a limit on a rate that a group has few rows of is not passed', async () => {
  const few = rows.map((row, i) => ({ ...row, club: i < 200 ? 'rare' : 'usual', y: i > 0 && i < 200 ? 'no' : 'yes' }));
  const { report, value } = await judge({ groups: ['club'], limits: { equalOpportunity: 0.99 } }, few);
  expect(report.cuts[0]!.groups.map(({ n, tooSmall }) => [n, tooSmall])).toEqual([[200, false], [300, false]]); // prettier-ignore
  expect(value.verdict).toBe('cannot tell');
  expect(value.warnings).toEqual([expect.stringContaining('1 of 2 groups by club have fewer than 30 rows')]);
});

test('a class in question that there is not is refused, and so are thousands of groups', async () => {
  await expect(judge({ groups: ['age'], positive: 'maybe' })).rejects.toThrow('no class "maybe"');
  await expect(judge({ groups: ['x'] })).rejects.toThrow('make 500 groups');
});

const transform: FittedTransform = {
  format: 'trainyard.transform/1',
  rows: rows.length,
  steps: [{ kind: 'numeric', column: 'x', fill: 0, center: 0, scale: 1, clip: 100, indicator: false }],
};
const prep = { files: { 'transform.json': JSON.stringify(transform) } };
const partsOfTrain = Object.values(kinds) as never[];
const parts = [...partsOfTrain, grouped];

/** Thresholds of groups by age, of a model that learns from these rows. */
async function thresholds(of: readonly TableRow[], params = {}) {
  const people = of.map(({ a0: _, a1: __, ...row }) => row);
  const table = await tablesIn(folder)('people', people);
  const trained = await runNode(logisticNode, { params: { label: 'y' }, inputs: { train: table, prep } });
  const inputs = { model: trained.outputs['model']!, table };
  const given = { params: { column: 'age', ...params }, inputs, parts, store: trained.store };
  const run = await runNode(groupThresholdsNode, given);
  const open = (model: never) => openModel(model, partsOf(parts));
  return {
    figures: run.outputs['report']!.value as z.output<typeof groupThresholdFigures>,
    model: await open(run.outputs['model'] as never),
    former: await open(inputs.model as never),
  };
}

test('thresholds of groups make a rate alike, in a model that opens and answers by them', async () => {
  const { figures, model, former } = await thresholds(rows);
  expect(figures.gap.before!).toBeGreaterThan(0.2);
  expect(figures.gap.after!).toBeLessThan(0.03);
  expect(model.card.inputs.map(({ name }) => name)).toEqual(['x', 'age']);
  const answers = await model.predict(rows.map(({ x, age }) => ({ x, age })));
  for (const { group, after } of figures.groups) {
    const own = rows.flatMap((row, i) => (row['age'] === group && row['y'] === 'yes' ? [answers[i]!['label']] : []));
    expect(own.filter((label) => label === 'yes').length / own.length).toBeCloseTo(after!, 12);
  }
  await model.dispose();
  await former.dispose();
});

test('a row without a group is answered as before, when thresholds are chosen and when the model serves', async () => {
  const some = rows.map((row, i) => (i % 5 === 0 ? { ...row, age: null } : row));
  const { figures, model, former } = await thresholds(some);
  expect(figures.groups.map(({ group }) => group)).toEqual(['old', 'young']);
  expect(figures.warnings).toEqual([expect.stringContaining('100 rows have no group')]);
  const given = some.map(({ x, age }) => ({ x, age }));
  const [answers, before] = [await model.predict(given), await former.predict(some.map(({ x }) => ({ x })))];
  const right = some.filter((row, i) => row['y'] === answers[i]!['label']).length / some.length;
  expect(figures.accuracy.after).toBeCloseTo(right, 12);
  const without = some.flatMap((row, i) => (row['age'] === null ? [i] : []));
  expect(without.map((i) => answers[i]!['label'])).toEqual(without.map((i) => before[i]!['label']));
  // Thresholds of groups would have answered some of them otherwise, and so would a group that nobody knows.
  for (const age of ['old', 'young']) {
    const otherwise = await model.predict(without.map((i) => ({ x: some[i]!['x'], age })));
    expect(otherwise.map(({ label }) => label)).not.toEqual(without.map((i) => before[i]!['label']));
  }
  const strange = await model.predict(without.map((i) => ({ x: some[i]!['x'], age: 'ancient' })));
  expect(strange.map(({ label }) => label)).toEqual(without.map((i) => before[i]!['label']));
  await model.dispose();
  await former.dispose();
});

test('no rate is made alike by answering all of a group alike, and none of one group', async () => {
  // Of the class are few: to answer nobody would be right most often.
  const rare = rows.map((row, i) => ({ ...row, y: i % 12 < 2 ? 'yes' : 'no', x: random.uniform() }));
  const { figures, model, former } = await thresholds(rare);
  for (const { after } of figures.groups) expect(after!).toBeGreaterThan(0);
  expect(figures.target).toBeGreaterThan(0);
  await model.dispose();
  await former.dispose();
  await expect(thresholds(rows.map((row) => ({ ...row, x: 1 })))).rejects.toThrow('are all alike');
  await expect(thresholds(rows.map((row) => ({ ...row, age: 'old' })))).rejects.toThrow('1 of 1 groups by "age"');
  await expect(thresholds(rows.slice(0, 90))).rejects.toThrow('have rows enough');
});
