import { expect, test } from 'vitest';
import { z } from 'zod';
import { partsOf } from '../../core/provided-parts.js';
import type { InputArtifact } from '../../core/artifact.js';
import { modelKind, openModel, parseTransform, writeModel, type Predictor } from '../../models/index.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import { answersOf } from '../evaluate/answers.js';
import { fitFeaturesNode } from '../features/worker.js';
import type { LearningRuleInput } from './learnt/rules.js';
import type { RuleInput } from './rules.js';
import { applyFittedNode, cleanTableNode, fitCleaningNode } from './worker.js';

/** Answers with the sum of its features, each times its place: another feature is another answer. */
const weighing = modelKind({
  name: 'weighing',
  title: 'The sum of its features, each times its place',
  tasks: ['regression'],
  settings: z.object({ width: z.number() }),
  open: ({ settings: { width } }) => ({
    takes: 'features',
    width,
    outputs: 1,
    score: (features, rows) =>
      Float64Array.from({ length: rows }, (_, row) =>
        features.subarray(row * width, (row + 1) * width).reduce((sum, feature, i) => sum + feature * (i + 1), 0),
      ),
  }),
});

async function cleaned(csv: string, rules: RuleInput[]): Promise<InputArtifact> {
  const done = await run(cleanTableNode, { params: { rules }, inputs: { table: await tableOf(csv) } });
  return done.outputs['table']!;
}

/** A model of features fitted on a table, as it is served. */
async function served(table: InputArtifact, recipe: object): Promise<Predictor> {
  const fitted = await run(fitFeaturesNode, { params: { recipe }, inputs: { table } });
  const text = await fitted.outputs['transform']!.text('transform.json');
  const transform = parseTransform(text);
  const written = await writeModel({
    ...{ kind: weighing, transform, rows: await rowsOf(table), files: {}, metrics: {}, training: {}, libraries: {} },
    task: { type: 'regression', label: 'y' },
    settings: { width: (fitted.outputs['transform']!.value as { features: number }).features },
  });
  return openModel(written.files as Record<string, string>, partsOf([weighing]));
}

const REGIONS = 'Region,kg,y\nOST,"1,5",1\nost,"2,5",2\nWest ,3,3\nwest,"4,5",4\n';
const RULES: RuleInput[] = [
  { rule: 'trim' },
  { rule: 'case', columns: ['Region'], to: 'lower' },
  { rule: 'numbers', column: 'kg', decimal: ',' },
  { rule: 'rename', columns: { Region: 'region' } },
  { rule: 'range', column: 'kg', min: 0, outside: 'drop' },
];

test('a served model answers OST as ost: requests go through the rules that training rows went through', async () => {
  const model = await served(await cleaned(REGIONS, RULES), { numeric: ['kg'], categorical: ['region'] });
  expect(model.card.inputs).toMatchObject([
    { name: 'Region', type: 'text' },
    { name: 'kg', type: 'text' },
  ]);
  const answers = await model.predict([
    { Region: 'OST', kg: '1,5' },
    { Region: 'ost', kg: '1,5' },
    { Region: '\u00a0oSt\u3000', kg: ' 1,50 ' },
    { Region: 'west', kg: '1,5' },
    { Region: null, kg: null },
  ]);
  const [first, ...others] = answers.map((answer) => (answer as { value: number }).value);
  expect(others.slice(0, 2)).toEqual([first, first]);
  expect(others[2]).not.toBe(first);
  await expect(model.predict([{ Region: 'ost', kg: 'much' }])).rejects.toThrow(
    /rule "numbers" cannot read column "kg"[\s\S]*such as 1234,5/,
  );
});

test('a table is scored alike before the rules, after some of them and after all', async () => {
  const whole = await cleaned(REGIONS, RULES);
  const model = await served(whole, { numeric: ['kg'], categorical: ['region'] });
  const scores = async (table: InputArtifact): Promise<unknown> => {
    const { scratch, signal } = { scratch: '/tmp', signal: new AbortController().signal };
    return (await answersOf({ models: [model], table, port: 'test', scratch, signal })).samples;
  };
  const all = await scores(whole);
  expect(await scores(await cleaned(REGIONS, RULES.slice(0, 2)))).toEqual(all);
  expect(await scores(await tableOf(REGIONS))).toEqual(all);
  await expect(scores(await cleaned(REGIONS, [{ rule: 'case', columns: ['Region'], to: 'upper' }]))).rejects.toThrow(
    /the table "test" was cleaned by other rules than those that the transform was fitted after/,
  );
});

test('what was learnt from the training part is applied to any part, and travels with the model', async () => {
  const train = await tableOf('mass,island,y\n3,a,1\n,a,2\n5,b,3\n9,b,4\n100,b,5\n');
  const rules: LearningRuleInput[] = [
    { rule: 'type', column: 'mass', to: 'number' },
    { rule: 'outliers', columns: ['mass'], outside: 'clip' },
    { rule: 'impute', columns: ['mass'], by: 'median', group: ['island'] },
  ];
  const fitted = await run(fitCleaningNode, { params: { rules }, inputs: { train } });
  // The quartiles of 3, 5, 9 and 100 are 4.5 and 31.75: the upper fence is 72.625.
  expect(fitted.output.value).toMatchObject({
    rows: 5,
    rules: [
      { rule: 'type' },
      { rule: 'range', column: 'mass', min: 4.5 - 1.5 * 27.25, max: 72.625, outside: 'clip' },
      {
        rule: 'fill-by',
        by: ['island'],
        groups: [
          { key: ['a'], value: 3 },
          { key: ['b'], value: 9 },
        ],
        otherwise: 7,
      },
    ],
  });
  const apply = async (table: InputArtifact) =>
    (await run(applyFittedNode, { inputs: { table, cleaning: fitted.output } })).outputs['table']!;
  const test = await apply(await tableOf('mass,island,y\n,b,1\n,c,2\n80,a,3\n'));
  expect((await rowsOf(test)).map((row) => row['mass'])).toEqual([9, 7, 72.625]);
  const model = await served(await apply(train), { numeric: ['mass'] });
  expect(model.needs(0)).toEqual(['mass', 'island']);
  const [lost, full] = (await model.predict([
    { mass: null, island: 'b' },
    { mass: 9, island: null },
  ])) as { value: number }[];
  expect(lost).toEqual(full);
});

test('text rules come after a column is read by its type in training, in a table as in a request; what cannot be read so is refused', async () => {
  const rules: RuleInput[] = [
    { rule: 'trim' },
    { rule: 'map', column: 'code', values: { '7': 'seven', '1.50': 'dear' } },
  ];
  const table = await cleaned('code,n,y\n7,1,1\n1.50,2,2\nEC,4,3\n', rules);
  const model = await served(table, { numeric: ['n'], categorical: ['code'] });
  expect(model.card.inputs).toMatchObject([
    { name: 'code', type: 'text' },
    { name: 'n', type: 'integer' },
  ]);
  const { scratch, signal } = { scratch: '/tmp', signal: new AbortController().signal };
  const scores = async (csv: string) =>
    (await answersOf({ models: [model], table: await tableOf(csv), port: 'test', scratch, signal })).samples;
  const [known] = (await model.predict([{ code: '7', n: 1 }])) as { value: number }[];
  const [other] = (await model.predict([{ code: 'other', n: 1 }])) as { value: number }[];
  expect(other).not.toEqual(known);
  expect(await model.score([{ code: 7, n: 1 }], 0)).toEqual(await model.score([{ code: '7', n: 1 }], 0));
  // Alone these cells are whole numbers.
  expect(await scores('code,n,y\n7,1,1\n7,1,1\n')).toMatchObject([
    { predicted: Float64Array.of(known!.value, known!.value) },
  ]);
  await expect(scores('code,n,y\n1.50,1,1\n')).rejects.toThrow(
    /column "code" of the table "test" is not of the type that it had in training[\s\S]*expected: +text[\s\S]*actual: +number/,
  );
  // A fraction where training had whole numbers is a number like any other.
  expect(await scores('code,n,y\nEC,2.5,1\n')).toHaveLength(1);
});

test('an answer says which columns of a row have a value that training did not have, by their names in the request', async () => {
  const model = await served(await cleaned(REGIONS, RULES), { numeric: ['kg'], categorical: ['region'] });
  const { predictions, unknown } = await model.answer([
    { Region: ' OST', kg: '1,5' },
    { Region: 'north', kg: '1,5' },
    { Region: null, kg: null },
  ]);
  expect(predictions).toHaveLength(3);
  expect(unknown).toEqual([{ row: 1, columns: ['Region'] }]);
});
