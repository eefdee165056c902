import { runNode, tableOf } from 'trainyard/testing';
import { expect, test } from 'vitest';
import { censusNode } from './worker.js';

const birds = [
  { species: 'Gentoo', island: 'Biscoe' },
  { species: 'Adelie', island: 'Dream' },
  { species: 'Adelie', island: 'Biscoe' },
  { species: 'Adelie', island: null },
];

test('the census counts each bird once, also where the island is missing', async () => {
  const run = await runNode(censusNode, { params: { by: 'island' }, inputs: { table: await tableOf(birds) } });
  expect(run.output.value).toEqual({ counts: { '(missing)': 1, Biscoe: 2, Dream: 1 } });
});

test('a column that is not there is refused in words', async () => {
  const table = await tableOf(birds);
  await expect(runNode(censusNode, { params: { by: 'iland' }, inputs: { table } })).rejects.toThrow('"island"');
});
