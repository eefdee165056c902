import { expect, test } from 'vitest';
import { run, tableOf } from '../../tests/tables/csv-table.js';
import { fitFeaturesNode } from '../features/worker.js';
import { logisticNode } from './worker.js';

test('a transform that passes missing values on is refused in words, by learners that take none', async () => {
  const train = await tableOf('n,y\n1,a\n,b\n3,a\n');
  const prepOf = async (recipe: object) =>
    (await run(fitFeaturesNode, { params: { recipe }, inputs: { table: train } })).outputs['transform']!;
  const fit = async (recipe: object) =>
    run(logisticNode, { params: { label: 'y' }, inputs: { train, prep: await prepOf(recipe) } });
  await expect(fit({ pass: ['n'] })).rejects.toThrow(/takes no missing values[\s\S]*numeric or categorical/);
  expect((await fit({ numeric: ['n'] })).outputs['model']).toBeDefined();
});
