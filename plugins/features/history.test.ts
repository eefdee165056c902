import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { applyRules, parseRules, parseTransform } from '@trainyard/transforms';
import type { InputArtifact } from '../../core/artifact.js';
import { partsOf } from '../../core/provided-parts.js';
import { modelKind, openModel, writeModel } from '../../models/index.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import { cleanTableNode } from '../clean/worker.js';
import { randomSplitNode, timeSplitNode } from '../split/worker.js';
import type { HistoryFigures } from './contract.js';
import { fitFeaturesNode, historyNode } from './worker.js';

interface Made {
  readonly table: InputArtifact;
  readonly rows: Record<string, unknown>[];
  readonly figures: HistoryFigures;
}

async function made(table: InputArtifact, params: object): Promise<Made> {
  const { outputs } = await run(historyNode, { params: params as Record<string, unknown>, inputs: { table } });
  const figures = outputs['report']!.value as HistoryFigures;
  return { table: outputs['table']!, rows: await rowsOf(outputs['table']), figures };
}

const FIGURES = ['count', 'sum', 'mean', 'min', 'max', 'deviation'] as const;

test('lags and windows are those of pandas', async () => {
  const reference = JSON.parse(await readFile(new URL('reference/history.json', import.meta.url), 'utf8')) as {
    csv: string;
    columns: Record<string, (number | null)[]>;
  };
  const columns = [
    { name: 'lag 1', of: 'sold', take: 'lag' },
    { name: 'lag 3', of: 'sold', take: 'lag', back: 3 },
    ...FIGURES.slice(1).map((take) => ({ name: `${take} of 5`, of: 'sold', take, rows: 5 })),
    { name: 'mean of 3 days', of: 'sold', take: 'mean', within: '3 days' },
    { name: 'count of 3 days', of: 'sold', take: 'count', within: '3 days' },
  ];
  const { rows } = await made(await tableOf(reference.csv), { key: ['shop'], order: 'at', columns });
  for (const [name, expected] of Object.entries(reference.columns)) {
    expect(rows.filter((row) => row[name] !== null).length, name).toBeGreaterThan(90);
    rows.forEach((row, i) => {
      if (expected[i] === null) expect(row[name], `${name} of row ${i}`).toBeNull();
      else expect(row[name], `${name} of row ${i}`).toBeCloseTo(expected[i]!, 9);
    });
  }
});

const cell = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('', 'nan', 'inf', '-inf', '-0.0', '0.0', '1e308', '-1e308', '5e-324') },
  {
    weight: 8,
    arbitrary: fc
      .double({ noNaN: true, min: -1e6, max: 1e6 })
      .map((x) => (Number.isInteger(x) ? x.toFixed(1) : String(x))),
  },
);
const text = fc.constantFrom('', 'a', 'Z', 'é', '\uffee', '😀', 'aa');
const day = fc.integer({ min: 1, max: 40 });
/** A row of a random table: key, day, number, text. Many rows of a key have one day. */
const line = fc.tuple(fc.constantFrom('p', 'q', 'r'), day, cell, text);
type Line = readonly [string, number, string, string];
const dateOf = (n: number): string => new Date(Date.UTC(2024, 0, n)).toISOString().slice(0, 10);
const csvOf = (lines: readonly Line[]): string =>
  `id,k,at,x,w\n${lines.map(([k, n, x, w], i) => `${i},${k},${dateOf(n)},${x},${w}`).join('\n')}\n`;
const schema = {
  columns: {
    id: { type: 'integer' },
    k: { type: 'text' },
    at: { type: 'date' },
    x: { type: 'number', nullable: true, written: { nonFinite: true } },
    w: { type: 'text', nullable: true },
  },
};
const tableOfLines = (lines: readonly Line[]): Promise<InputArtifact> => tableOf(csvOf(lines), { schema });
const COLUMNS = [
  { name: 'x 1', of: 'x', take: 'lag' },
  { name: 'x 4', of: 'x', take: 'lag', back: 4 },
  { name: 'w 2', of: 'w', take: 'lag', back: 2 },
  { name: 'day 1', of: 'at', take: 'lag' },
  ...FIGURES.map((take) => ({ name: `${take} of 6`, of: 'x', take, rows: 6 })),
  ...FIGURES.map((take) => ({ name: `${take} of 9 days`, of: 'x', take, within: '9 days' })),
  { name: 'words', of: 'w', take: 'count', within: '20 days' },
];
const NAMES = COLUMNS.map(({ name }) => name);

/** A cell as a request has it: JSON knows no NaN, which is sent as not known; infinite numbers are beyond a double. */
const sent = (cell: unknown): string =>
  cell === Infinity ? '1e999' : cell === -Infinity ? '-1e999' : JSON.stringify(cell);

test('a table and a row that brings its history get the same bits, over 10,000 random rows', async () => {
  const lines = fc.sample(line, { numRuns: 10_000, seed: 5 });
  // Keys of some fifty rows, as the whole past of each row is sent along.
  const keyed = lines.map(([k, ...rest], i): Line => [`${k}${i % 70}`, ...rest]);
  const { rows, table } = await made(await tableOfLines(keyed), {
    ...{ key: ['k'], order: 'at', gap: '2 days', columns: COLUMNS },
  });
  expect(rows).toHaveLength(10_000);
  const rules = parseRules((table.value as { rules: unknown[] }).rules);
  const byKey = new Map<unknown, Made['rows']>();
  for (const row of rows) byKey.set(row['k'], [...(byKey.get(row['k']) ?? []), row]);
  let present = 0;
  for (const row of rows) {
    const others = byKey.get(row['k'])!.filter((one) => one !== row);
    const brought = `[${others.map((one) => `{"at":"${String(one['at'])}","x":${sent(one['x'])},"w":${sent(one['w'])}}`).join()}]`;
    const alone = applyRules(rules, { at: row['at'] as string, earlier: brought });
    for (const name of NAMES) {
      if (row[name] !== null) present++;
      if (!Object.is(alone[name], row[name])) expect({ row, [name]: alone[name] }).toEqual({ row, [name]: row[name] });
    }
  }
  expect(present).toBeGreaterThan(100_000);
});

test('a row sees nothing of its own time, of later ones, within the gap, or of other keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 20, maxLength: 60 }),
      fc.array(line, { minLength: 60, maxLength: 60 }),
      day,
      fc.constantFrom(undefined, '1 day', '5 days'),
      async (lines, others, now, gap) => {
        const days = gap === undefined ? 1 : Number(gap.split(' ')[0]);
        const params = { key: ['k'], order: 'at', ...(gap && { gap }), columns: COLUMNS };
        // What p's rows of a day may not see is replaced by other cells: later, too recent, or of other keys.
        const changed = lines.map((one, i): Line =>
          one[0] === 'p' && one[1] <= now - days ? one : [one[0], one[1], others[i]![2], others[i]![3]],
        );
        const [before, after] = [
          await made(await tableOfLines(lines), params),
          await made(await tableOfLines(changed), params),
        ];
        const seen = (rows: Made['rows']) =>
          rows
            .filter((_, i) => lines[i]![0] === 'p' && lines[i]![1] <= now)
            .map((row) => NAMES.map((name) => row[name]));
        expect(seen(after.rows)).toEqual(seen(before.rows));
      },
    ),
    { numRuns: 4 },
  );
});

test('the order of the rows says nothing', async () => {
  const lines = fc.sample(line, { numRuns: 300, seed: 8 });
  const params = { key: ['k'], order: 'at', columns: COLUMNS };
  const [one, other] = [
    await made(await tableOfLines(lines), params),
    await made(await tableOfLines(lines.toReversed()), params),
  ];
  const cells = ({ rows }: Made) => rows.map((row) => NAMES.map((name) => row[name]));
  expect(cells(other).toReversed()).toEqual(cells(one));
});

const summing = modelKind({
  name: 'summing',
  title: 'The sum of its features',
  tasks: ['regression'],
  settings: z.object({ width: z.number() }),
  open: ({ settings: { width } }) => ({
    ...{ takes: 'features', width, outputs: 1 },
    score: (features, rows) =>
      Float64Array.from({ length: rows }, (_, row) =>
        features.subarray(row * width, (row + 1) * width).reduce((sum, feature) => sum + feature, 0),
      ),
  }),
});

test('a served model makes a row from the earlier rows that its request brings, and refuses one that brings none', async () => {
  const csv =
    'shop,at,sold,y\na,2024-01-01T08:00:00Z,1.5,1\na,2024-01-02T08:00:00Z,2.5,2\na,2024-01-03T08:00:00Z,4.25,3\nb,2024-01-01T08:00:00Z,9.5,4\n';
  const { table, rows, figures } = await made(await tableOf(csv), {
    ...{ key: ['shop'], order: 'at' },
    columns: [
      { name: 'sold before', of: 'sold', take: 'lag' },
      { name: 'mean sold', of: 'sold', take: 'mean', rows: 2 },
    ],
  });
  expect(rows.map((row) => row['mean sold'])).toEqual([null, 1.5, 2, null]);
  expect(figures).toMatchObject({ rows: 4, keys: 2, columns: [{ missing: 2 }, { missing: 2 }] });
  const recipe = { numeric: ['sold before', 'mean sold'] };
  const fitted = await run(fitFeaturesNode, { params: { recipe }, inputs: { table } });
  const transform = parseTransform(await fitted.outputs['transform']!.text('transform.json'));
  const written = await writeModel({
    ...{ kind: summing, transform, rows: rows as never, files: {}, metrics: {}, training: {}, libraries: {} },
    task: { type: 'regression', label: 'y' },
    settings: { width: (fitted.outputs['transform']!.value as { features: number }).features },
  });
  const model = await openModel(written.files as Record<string, string>, partsOf([summing]));
  expect(model.card.inputs).toMatchObject([
    { name: 'at', type: 'timestamp' },
    { name: 'earlier', type: 'text' },
  ]);
  const earlier = JSON.stringify([
    { at: '2024-01-02T08:00:00Z', sold: 2.5 },
    { at: '2024-01-01T08:00:00Z', sold: 1.5, shop: 'a' },
    { at: '2024-01-03T08:00:00Z', sold: 99 },
  ]);
  const [answer] = await model.predict([{ at: '2024-01-03T08:00:00Z', earlier }]);
  const [expected] = await model.score([rows[2] as never]);
  expect((answer as { value: number }).value).toBe(expected);
  const at = '2024-01-03T08:00:00Z';
  // What looks back farther than what came along is named; what is later than the row is no history.
  const one = JSON.stringify(JSON.parse(earlier).slice(1));
  const { short } = await model.answer([earlier, one, '[]'].map((brought) => ({ at, earlier: brought })));
  expect(short).toEqual([
    { row: 1, columns: ['mean sold'] },
    { row: 2, columns: ['sold before', 'mean sold'] },
  ]);
  await expect(model.predict([{ at, earlier: null }])).rejects.toThrow(/cannot read column "earlier"[\s\S]*or \[\]/);
  await expect(model.predict([{ at }])).rejects.toThrow(/field "earlier" is missing/);
  await expect(model.predict([{ at: null, earlier }])).rejects.toThrow(/column "at"[\s\S]*must be known/);
  for (const [brought, message] of [
    ['{"at": 1}', /it is not what is expected/],
    ['[{"at": "2024-01-01T08:00:00Z"}]', /its row 0, which lacks "sold"/],
    ['[{"at": "2024-01-01T08:00:00Z", "sold": null}, {"at": "soon", "sold": 1}]', /"at" of its row 1/],
    ['[{"at": "2024-01-01T08:00:00Z", "sold": "3"}]', /"sold" of its row 0/],
  ] as const)
    await expect(model.predict([{ at, earlier: brought }])).rejects.toThrow(message);
});

test.each([
  ['a row without a time', { order: 'gap' }, /"gap" is missing in 1 rows[\s\S]*require/],
  ['a key that is not there', { key: ['shops'] }, /key names column "shops"[\s\S]*did you mean "shop"/],
  [
    'an order without a next one',
    { order: 'x' },
    /the order is a column of number[\s\S]*timestamps, dates or integers/,
  ],
  ['a length on another clock', { gap: '2 days' }, /gap is no length on the clock of "n"[\s\S]*whole number/],
  [
    'a mean of text',
    { columns: [{ name: 'm', of: 'shop', take: 'mean', rows: 2 }] },
    /"m" is a mean of it, and it holds text/,
  ],
  [
    'a window of two lengths',
    { columns: [{ name: 'm', of: 'x', take: 'sum', rows: 2, within: 3 }] },
    /either rows or within/,
  ],
  [
    'a name that is taken',
    { columns: [{ name: 'SHOP', of: 'x', take: 'lag' }] },
    /"SHOP" would be the name of two columns/,
  ],
  ['a window inside the gap', { gap: 5, columns: [{ name: 'm', of: 'x', take: 'sum', within: 3 }] }, /always empty/],
])('%s is refused', async (_, params, message) => {
  const table = await tableOf('shop,n,x,gap\na,1,1.5,1\nb,2,2.5,\n');
  const columns = [{ name: 'm', of: 'x', take: 'lag' }];
  await expect(made(table, { key: ['shop'], order: 'n', columns, ...params })).rejects.toThrow(message);
});

test('a split that deals rows whatever their time says that they hold cells of other rows', async () => {
  const csv = `shop,at,sold\n${Array.from({ length: 60 }, (_, i) => `${'ab'[i % 2]},${dateOf(i)},${i}.5`).join('\n')}\n`;
  const { table } = await made(await tableOf(csv), {
    ...{ key: ['shop'], order: 'at', columns: [{ name: 'before', of: 'sold', take: 'lag' }] },
  });
  const shares = { test: 0.2, validation: 0.2 };
  const random = await run(randomSplitNode, { params: shares, inputs: { table } });
  const warning = /the columns before hold cells of earlier rows[\s\S]*use split.time/;
  expect((random.outputs['leaks']!.value as { warnings: string[] }).warnings.join('\n')).toMatch(warning);
  const timed = await run(timeSplitNode, { params: { ...shares, time: 'at' }, inputs: { table } });
  expect((timed.outputs['leaks']!.value as { warnings: string[] }).warnings.join('\n')).not.toMatch(warning);
});

test('earlier rows were served as they came, though the table had been cleaned before: now the same bits', async () => {
  const lines = fc.sample(fc.tuple(day, cell, fc.constantFrom('', ' A', 'a ', 'B')), { numRuns: 300, seed: 3 });
  const names = (i: number) => ['Ost', 'ost ', 'west'][i % 3]!;
  const csv = `shop,day,x,w\n${lines.map(([n, x, w], i) => `${names(i)},${dateOf(n)},${x === 'nan' ? '' : x},${w}`).join('\n')}\n`;
  const raw = await tableOf(csv, {
    schema: {
      columns: {
        shop: { type: 'text' },
        day: { type: 'text' },
        x: { type: 'number', nullable: true, written: { nonFinite: true } },
        w: { type: 'text', nullable: true },
      },
    },
  });
  const rules = [
    ...[{ rule: 'trim' }, { rule: 'case', to: 'lower', columns: ['shop', 'w'] }],
    ...[
      { rule: 'rename', columns: { x: 'sold' } },
      { rule: 'fill', column: 'sold', value: 0.5 },
    ],
    { rule: 'type', column: 'day', to: 'date' },
  ];
  const clean = (await run(cleanTableNode, { params: { rules }, inputs: { table: raw } })).outputs['table']!;
  const { rows, table } = await made(clean, {
    ...{ key: ['shop'], order: 'day' },
    columns: [
      { name: 'mean', of: 'sold', take: 'mean', rows: 4 },
      { name: 'word', of: 'w', take: 'lag' },
      { name: 'sum', of: 'sold', take: 'sum', within: '9 days' },
    ],
  });
  const carried = parseRules((table.value as { rules: unknown[] }).rules);
  const before = await rowsOf<Record<string, unknown>>(raw);
  rows.forEach((row, i) => {
    const past = before.filter((one, j) => j !== i && String(one['shop']).trim().toLowerCase() === row['shop']);
    const brought = past.map(
      (one) =>
        `{${['shop', 'day', 'x', 'w'].map((name) => `"${name}":${Number.isNaN(one[name]) ? null : sent(one[name])}`).join()}}`,
    );
    const alone = applyRules(carried, { ...before[i], earlier: `[${brought.join()}]` } as never);
    for (const name of ['mean', 'word', 'sum'])
      if (!Object.is(alone[name], row[name])) expect({ i, [name]: alone[name] }).toEqual({ i, [name]: row[name] });
  });
  expect(rows.filter((row) => row['mean'] !== null).length).toBeGreaterThan(250);
  const own = { ...before[0], shop: 'Ost' } as Record<string, string>;
  const ofKeys = (...shops: string[]) =>
    JSON.stringify(shops.map((shop) => ({ shop, day: '2024-01-01', x: 1, w: null })));
  expect(() => applyRules(carried, { ...own, earlier: ofKeys('ost ', 'OST') })).not.toThrow();
  expect(() => applyRules(carried, { ...own, earlier: ofKeys('ost', 'west') })).toThrow(/row 1 has another "shop"/);
  expect(() => applyRules(carried, { ...own, earlier: ofKeys('west') })).toThrow(/row 0 has another "shop"/);
});

test('lags of two columns came from two rows where times are equal: they are cells of one', async () => {
  const table = await tableOf('k,n,price,item\na,1,10,9\na,1,90,1\na,2,5,5\n');
  const { rows, table: after } = await made(table, {
    ...{ key: ['k'], order: 'n' },
    columns: [
      { name: 'price before', of: 'price', take: 'lag' },
      { name: 'item before', of: 'item', take: 'lag' },
    ],
  });
  expect(rows[2]).toMatchObject({ 'price before': 10, 'item before': 9 });
  const rules = parseRules((after.value as { rules: unknown[] }).rules);
  const earlier = '[{"n":1,"price":10,"item":9},{"n":1,"price":90,"item":1}]';
  expect(applyRules(rules, { n: 2, earlier })).toMatchObject({ 'price before': 10, 'item before': 9 });
});

test('a deviation took the square of its window, and windows too wide for memory were refused', async () => {
  const table = await tableOf(`k,n,x\n${Array.from({ length: 10_000 }, (_, i) => `a,${i},${i / 7}`).join('\n')}\n`);
  const params = { key: ['k'], order: 'n' };
  const of = (rows: object) => ({ ...params, columns: [{ name: 'd', of: 'x', take: 'deviation', ...rows }] });
  // Of values that are computed for each value this took a minute.
  const { rows } = await made(table, of({ rows: 500 }));
  expect(rows[9999]!['d']).toBeCloseTo(Math.sqrt((500 ** 2 - 1) / 12) / 7, 9);
  // What is not held at once is added row by row: 50 million values in the windows of one key.
  const wide = await made(table, of({ within: 100_000 }));
  expect(wide.rows[9999]!['d']).toBeCloseTo(Math.sqrt((9999 ** 2 - 1) / 12) / 7, 9);
  const counted = [{ name: 'most', of: 'x', take: 'max', within: 100_000 }];
  await expect(made(table, { ...params, columns: counted })).resolves.toBeDefined();
});

test('a split by the key of a history was warned of, though no row has earlier rows in another part', async () => {
  const csv = `shop,at,sold\n${Array.from({ length: 300 }, (_, i) => `s${i % 30},${dateOf(i)},${i}.5`).join('\n')}\n`;
  const { table } = await made(await tableOf(csv), {
    ...{ key: ['shop'], order: 'at', columns: [{ name: 'before', of: 'sold', take: 'lag' }] },
  });
  const params = { test: 0.2, validation: 0.2, group: 'shop' };
  const { outputs } = await run(randomSplitNode, { params, inputs: { table } });
  expect((outputs['leaks']!.value as { warnings: string[] }).warnings.join('\n')).not.toMatch(/earlier rows/);
});
