import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import type { Handle, SealedTable, Table } from '../../core/index.js';
import { isContract } from '../../core/node.js';
import type { TableRow } from '@trainyard/tables';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { SplitFigures } from './contract.js';
import { PARTS, type Part } from './place.js';
import { random, stratified } from './index.js';
import { randomSplitNode, stratifiedSplitNode } from './worker.js';

interface Dealt {
  parts: Record<Part, TableRow[]>;
  figures: SplitFigures;
  /** The part of each row by its identity. */
  where: Map<unknown, Part>;
  outputs: Readonly<Record<string, InputArtifact>>;
}

async function deal(table: InputArtifact, params: Record<string, unknown>): Promise<Dealt> {
  const node = 'label' in params ? stratifiedSplitNode : randomSplitNode;
  const { outputs } = await run(node, { params, inputs: { table } });
  const parts = {} as Record<Part, TableRow[]>;
  for (const part of PARTS) parts[part] = await rowsOf(outputs[part]);
  const where = new Map(PARTS.flatMap((part) => parts[part].map((row) => [row['_row'], part] as const)));
  return { parts, where, outputs, figures: outputs['leaks']?.value as SplitFigures };
}

let penguins: InputArtifact;
let csv: string;
beforeAll(async () => {
  csv = await readFile(new URL('../../examples/penguins/data/penguins.csv', import.meta.url), 'utf8');
  penguins = await tableOf(csv);
});

describe.each([
  ['random', {}],
  ['stratified', { label: 'species' }],
  ['stratified by chance', { label: 'species', exact: false }],
  ['random by group', { group: 'body_mass_g', seed: 11 }],
])('a split (%s)', (_name, params) => {
  let one: Promise<Dealt> | undefined;
  const once = (): Promise<Dealt> => (one ??= deal(penguins, params));

  test('deals each row to exactly one part, in the order of the table, and seals the test part', async () => {
    const { parts, where, figures, outputs } = await once();
    const all = await rowsOf(penguins);
    expect(where.size).toBe(all.length);
    for (const part of PARTS) expect(parts[part]).toEqual(all.filter((row) => where.get(row['_row']) === part));
    expect(figures.rows).toEqual({
      train: parts.train.length,
      validation: parts.validation.length,
      test: parts.test.length,
    });
    expect(outputs['test']?.ref.kind).toBe('sealed table');
  });

  test('is the same each time, and another with another seed', async () => {
    const [first, again, other] = [
      await once(),
      await deal(penguins, params),
      await deal(penguins, { ...params, seed: 12 }),
    ];
    expect(PARTS.map((part) => again.outputs[part]?.ref.digest)).toEqual(
      PARTS.map((part) => first.outputs[part]?.ref.digest),
    );
    expect(other.outputs['train']?.ref.digest).not.toBe(first.outputs['train']?.ref.digest);
  });
});

test('a row never changes its part when rows are added, removed or reordered, or its label changes', async () => {
  const lines = Array.from({ length: 300 }, (_, i) => `k${i},${i % 3}`);
  const params = { label: 'c', exact: false, test: 0.25, validation: 0.25 };
  const of = async (rows: readonly string[]): Promise<Map<unknown, Part>> =>
    (await deal(await tableOf(`k,c\n${rows.join('\n')}\n`, { key: ['k'] }), params)).where;
  const all = await of(lines);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: 200 }), fc.boolean(), async (rows, relabel) => {
      const given = relabel ? rows.map((line, i) => (i === 0 ? line.replace(/.$/, '1') : line)) : rows;
      for (const [row, part] of await of(given)) expect(part).toBe(all.get(row));
    }),
    { numRuns: 5 },
  );
});

test('shares come out as asked, within what chance allows', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => i);
  const { figures } = await deal(await tableOf(`k\n${rows.join('\n')}\n`), { test: 0.2, validation: 0.1 });
  // Four standard deviations of a binomial count.
  const within = (count: number, share: number): boolean =>
    Math.abs(count - 20_000 * share) < 4 * Math.sqrt(20_000 * share * (1 - share));
  expect(within(figures.rows.test, 0.2) && within(figures.rows.validation, 0.1)).toBe(true);
});

test('another share of validation leaves the test part as it is', async () => {
  const [one, other] = [await deal(penguins, { validation: 0.1 }), await deal(penguins, { validation: 0.3 })];
  expect(other.outputs['test']?.ref.digest).toBe(one.outputs['test']?.ref.digest);
});

test('a stratified split has the shares of each class to a row without being asked', async () => {
  const { figures } = await deal(penguins, { label: 'species', test: 0.2, validation: 0.25 });
  expect(figures.warnings).toEqual([]);
  expect(figures.classes).toEqual([
    { name: 'Adelie', test: 30, validation: 38, train: 84 },
    { name: 'Chinstrap', test: 14, validation: 17, train: 37 },
    { name: 'Gentoo', test: 25, validation: 31, train: 68 },
  ]);
});

test('equal rows stay together in an exact split too', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `${i % 60},c${i % 2}`);
  const { figures } = await deal(await tableOf(`n,c\n${rows.join('\n')}\n`), { label: 'c' });
  expect(figures.duplicates).toEqual({ testInTrain: 0, testInValidation: 0, validationInTrain: 0 });
});

test('a share of a class more than two standard errors off is warned of, with both shares', async () => {
  const rows = Array.from({ length: 380 }, (_, i) => `${i},${i % 2 === 0 ? 'a' : 'b'}`);
  const table = await tableOf(`n,c\n${rows.join('\n')}\n`);
  let uneven = 0;
  // Two draws as most are, and two that are far off.
  for (const seed of [0, 1, 17, 20]) {
    const { figures } = await deal(table, { label: 'c', exact: false, seed });
    const [{ test: a } = { test: 0 }] = figures.classes;
    const { test: size } = figures.rows;
    const off = Math.abs(a - size / 2) > 2 * Math.sqrt((size * 0.25 * (380 - size)) / 379);
    if (off) uneven += 1;
    const said = figures.warnings.filter((one) => one.includes('of the test part'));
    expect(said).toHaveLength(off ? 2 : 0);
    if (off)
      expect(said[0]).toMatch(/^class a is \d+% of the test part \(\d+ of \d+ rows\) and 50% of the table: leave out/);
  }
  expect(uneven).toBe(2);
});

test('labels that differ in case or white space alone are warned of', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${i},${['yes', 'no', 'Yes', '"yes "'][i % 4]}`);
  const { figures } = await deal(await tableOf(`n,c\n${rows.join('\n')}\n`), { label: 'c' });
  expect(figures.warnings.join()).toMatch(
    /label c has "Yes" and "yes" and "yes ", which differ in case or white space/,
  );
});

test('equal values of the group stay together', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => `g${i % 40},${i}`);
  const { parts } = await deal(await tableOf(`g,n\n${rows.join('\n')}\n`), { group: 'g' });
  const groups = PARTS.map((part) => new Set(parts[part].map((row) => row['g'])));
  expect(groups.reduce((sum, group) => sum + group.size, 0)).toBe(40);
});

test('rows that were equal when they were ingested stay together', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => i % 100);
  const { figures } = await deal(await tableOf(`n\n${rows.join('\n')}\n`), {});
  expect(figures.duplicates).toEqual({ testInTrain: 0, testInValidation: 0, validationInTrain: 0 });
});

test('rows that stand in two parts are counted and warned of', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `k${i},${i % 10}`);
  const table = await tableOf(`k,n\n${rows.join('\n')}\n`, { key: ['k'], schema: undefined });
  const { figures } = await deal(table, {});
  expect(figures.duplicates.testInTrain).toBe(0);
  const bare = await tableOf(`k,n\n${rows.join('\n')}\n`, {
    key: ['k'],
    schema: { columns: { n: { type: 'integer' } } },
  });
  const { figures: found } = await deal(bare, { equal: 'apart' });
  expect(found.duplicates.testInTrain).toBe(found.rows.test);
  expect(found.warnings[0]).toMatch(/rows of the test part equal rows outside it/);
});

test.each([
  ['a label that is no column', { label: 'specis' }, /label names column "specis"[\s\S]*did you mean "species"/],
  ['a group that is no column', { group: 'nest' }, /group names column "nest"/],
  ['shares that leave nothing', { test: 0.6, validation: 0.4 }, /leave nothing to train on/],
  ['groups too few for the parts', { label: 'species', exact: true, group: 'island' }, /validation part has no rows/],
  [
    'near by no column',
    {
      near: {
        except: [
          'species',
          'island',
          'sex',
          'year',
          'bill_length_mm',
          'bill_depth_mm',
          'flipper_length_mm',
          'body_mass_g',
        ],
      },
    },
    /near leaves no column/,
  ],
  [
    'a label of numbers that hardly repeat',
    { label: '_row' },
    /344 different values in 344 rows[\s\S]*split\.random deals rows of any kind/,
  ],
  ['rows without a label', { label: 'sex' }, /11 rows have no label[\s\S]*rule: 'require', columns: \['sex'\]/],
])('%s is refused', async (_name, params, message) => {
  await expect(deal(penguins, params)).rejects.toThrow(message);
});

test('a class that a part lacks is refused, with what to do', async () => {
  const rows = [...Array.from({ length: 100 }, (_, i) => `${i},a`), '100,b'];
  const table = await tableOf(`n,c\n${rows.join('\n')}\n`);
  await expect(deal(table, { label: 'c', exact: false })).rejects.toThrow(
    /no row of class b[\s\S]*leave out exact: false/,
  );
  await expect(deal(table, { label: 'c' })).rejects.toThrow(
    /no row of class b[\s\S]*to do: *give the part a larger share/,
  );
});

test('a training part without rows is refused, and another one unless the table is too small for it', async () => {
  await expect(deal(await tableOf('n\n'), {})).rejects.toThrow(/the train part has no rows/);
  const same = await tableOf(`n\n${'1\n'.repeat(60)}`);
  await expect(deal(same, {})).rejects.toThrow(/part has no rows[\s\S]*60 for/);
  const { figures } = await deal(await tableOf('n\n1\n2\n3\n'), { test: 0.02, validation: 0 });
  expect(figures.rows).toEqual({ train: 3, validation: 0, test: 0 });
});

test('a share of 0 makes a part without rows', async () => {
  const { figures } = await deal(penguins, { test: 0, validation: 0.5 });
  expect(figures.rows.test).toBe(0);
  expect(figures.warnings).toEqual([]);
});

/** Checked by the compiler alone. */
export function wiring(table: Handle<Table<{ species: string; island: string }>>, sealed: Handle<SealedTable>): void {
  const parts = stratified({ table, label: 'species', test: 0.2 });
  const train: Handle<Table<{ species: string; island: string }>> = parts.train;
  const test: Handle<SealedTable<{ species: string; island: string }>> = parts.test;
  void [train, test];
  // @ts-expect-error a label that is no column of the table
  stratified({ table, label: 'specis' });
  // @ts-expect-error a group that is no column of the table
  random({ table, group: 'nest' });
  // @ts-expect-error no label
  stratified({ table });
  // @ts-expect-error a sealed table
  random({ table: sealed });
  // @ts-expect-error a share that is no number
  random({ table, test: 'a fifth' });
}

test('the functions that authors call are the contracts that workers implement', () => {
  expect([random, stratified].every(isContract)).toBe(true);
  expect([random.spec.name, stratified.spec.name]).toEqual(['split.random', 'split.stratified']);
});
