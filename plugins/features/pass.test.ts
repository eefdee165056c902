import { expect, test } from 'vitest';
import { z } from 'zod';
import { partsOf } from '../../core/provided-parts.js';
import { modelKind, openModel, parseTransform, writeModel } from '../../models/index.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import { fitFeaturesNode } from './worker.js';

/** A tree of one split that has branches of its own for what is missing, as boosted trees have. */
const stump = modelKind({
  name: 'stump',
  title: 'One split, with a branch for what is missing',
  tasks: ['regression'],
  missing: true,
  settings: z.object({ width: z.number() }),
  open: ({ settings: { width } }) => ({
    takes: 'features',
    width,
    outputs: 1,
    score: (features, rows) =>
      Float64Array.from({ length: rows }, (_, row) => {
        const [mass, island] = features.subarray(row * width, (row + 1) * width) as unknown as [number, number];
        if (Number.isNaN(mass)) return -1;
        return (mass < 4 ? 10 : 20) + (Number.isNaN(island) ? 5 : island);
      }),
  }),
});

test('a model whose kind takes missing values gets what features.fit passes on, in training and when it is served', async () => {
  const table = await tableOf('mass,island\n3,Dream\n,Biscoe\n5,\n');
  const recipe = { pass: ['mass', 'island'] };
  const fitted = await run(fitFeaturesNode, { params: { recipe }, inputs: { table } });
  const transform = parseTransform(await fitted.outputs['transform']!.text('transform.json'));
  const written = (kind: typeof stump) =>
    rowsOf(table).then((rows) =>
      writeModel({
        ...{ kind, transform, rows, files: {}, metrics: {}, training: {}, libraries: {} },
        task: { type: 'regression', label: 'y' },
        settings: { width: 2 },
      }),
    );
  const model = await openModel((await written(stump)).files as Record<string, string>, partsOf([stump]));
  expect(model.card.inputs).toMatchObject([{ name: 'mass' }, { name: 'island', categories: ['Biscoe', 'Dream'] }]);
  const asked = [
    { mass: 3, island: 'Dream' },
    { mass: null, island: 'Biscoe' },
    { mass: 5, island: null },
    { mass: 5, island: 'Torgersen' },
  ];
  expect(await model.predict(asked)).toEqual([{ value: 11 }, { value: -1 }, { value: 25 }, { value: 25 }]);
  await expect(written({ ...stump, missing: false })).rejects.toThrow('take no missing values');
});
