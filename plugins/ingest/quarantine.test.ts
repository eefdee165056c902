import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { file } from './index.js';
import { projectForTests, put, readSource, siftSource, type SiftedSource } from './read-source.test-part.js';

const folder = projectForTests();
let names = 0;
interface Asked {
  readonly name?: string;
  readonly format?: object;
  readonly [param: string]: unknown;
}
async function sift(
  text: string,
  { name = `bad-${names++}.csv`, format, ...params }: Asked = {},
): Promise<SiftedSource> {
  await put(folder, { [name]: text });
  const source = file({ path: name, ...(format === undefined ? {} : { format: format as never }) });
  return siftSource(source, { bad: { limit: 100 }, ...params });
}

const people = z.object({ name: z.string(), age: z.number().min(0), city: z.enum(['Rome', 'Oslo']) });
const short = ({ quarantine }: SiftedSource): string[] =>
  quarantine.map(({ place, rule, column, text }) => `${place} ${rule} ${column ?? '-'} ${text ?? 'nothing'}`);

test('a row is left out for each of its cells that break the schema, with line, column, text and the whole row', async () => {
  const text = 'name,age,city\nann,31,Rome\nbob,old,Oslo\n"c\nd",-4,Paris\n\neve,,Rome\neve,,Rome\nfay,9,Oslo\n';
  const sifted = await sift(text, { name: 'people.csv', schema: people });
  expect(sifted.rows).toEqual([
    { name: 'ann', age: 31, city: 'Rome' },
    { name: 'fay', age: 9, city: 'Oslo' },
  ]);
  expect(short(sifted)).toEqual([
    '3 type age old',
    '4 range age -4',
    '4 values city Paris',
    '7 required age nothing',
    '8 required age nothing',
  ]);
  expect(sifted.quarantine[2]).toMatchObject({ file: 'people.csv', expected: 'one of "Rome", "Oslo"' });
  expect(JSON.parse(String(sifted.quarantine[1]!['record']))).toEqual({ name: 'c\nd', age: '-4', city: 'Paris' });
  expect(new Set(sifted.quarantine.map(({ _row }) => _row)).size).toBe(5);
  expect(sifted.figures).toMatchObject({ read: 6, dropped: 4, overLimit: false, unit: 'line' });
  expect(sifted.figures.rules[0]).toEqual({ rule: 'required', column: 'age', rows: 2 });
  expect(sifted.page).toContain('4 of 6 rows cannot be read as the schema says');
});

test('one form for all formats: lines of CSV, JSON and logs that are no rows are left out, kept and counted', async () => {
  const csv = await sift('a,b\n1,2\n3\n4,5,6\n"x"y,7\n8,9\n');
  expect(csv.rows).toEqual([
    { a: 1, b: 2 },
    { a: 8, b: 9 },
  ]);
  expect(short(csv)).toEqual(['3 cells - 3', '4 cells - 4,5,6', '5 quotes - "x"y,7']);
  expect(csv.quarantine.map(({ expected }) => expected)[0]).toBe('2 cells; there are 1 cells');
  const json = await sift('{"a":1}\n[2]\n{"a":\n\n{"a":4}\n', { name: 'lines.jsonl' });
  expect([json.rows, short(json)]).toEqual([
    [{ a: 1 }, { a: 4 }],
    ['2 json - [2]', '3 json - {"a":'],
  ]);
  const format = { type: 'log', pattern: '(?<level>[A-Z]+) (?<n>\\d+)' };
  const log = await sift('INFO 1\noops\nWARN 2\n', { name: 'x.log', format });
  expect([log.rows, short(log)]).toEqual([
    [
      { level: 'INFO', n: 1 },
      { level: 'WARN', n: 2 },
    ],
    ['2 pattern - oops'],
  ]);
  for (const { figures } of [csv, json, log]) expect(figures.read).toBe(figures.dropped + 2);
});

test('JSON records whose values are of another type than the schema says are left out; without a schema such a key is text, and said', async () => {
  const text = '{"a":1,"b":"x"}\n{"a":"two","b":"y"}\n{"a":3,"b":4}\n{"a":true,"b":"w"}\n{"b":"v"}\n';
  const schema = z.object({ a: z.int().nullable(), b: z.string() });
  const { rows, quarantine } = await sift(text, { name: 'mixed.jsonl', schema, bad: { limit: 3 } });
  expect(rows).toEqual([
    { a: 1, b: 'x' },
    { a: null, b: 'v' },
  ]);
  expect(quarantine).toMatchObject([
    { place: 2, rule: 'type', column: 'a', text: 'two', expected: expect.stringContaining('whole number') },
    { place: 3, rule: 'type', column: 'b', text: '4' },
    { place: 4, rule: 'type', column: 'a', text: 'true' },
  ]);
  const open = await sift(text, { name: 'mixed.jsonl', bad: { limit: 2 } });
  expect(open.rows.map(({ a }) => a)).toEqual(['1', 'two', '3', 'true', null]);
  await put(folder, { 'refused.jsonl': text });
  await expect(readSource(file({ path: 'refused.jsonl' }), { schema })).rejects.toThrow(
    /the key "a" holds values of several types.*number in refused\.jsonl, 1; text in refused\.jsonl, 2.*bad: \{ limit \}/s,
  );
});

test('JSON values of another type are not converted without a word: text that reads as a number, numbers and truth in a column of text', async () => {
  const text = '{"a":1,"b":"x"}\n{"a":"7","b":true}\n{"a":3,"b":"4.50"}\n{"a":"007","b":4.50}\n';
  const schema = z.object({ a: z.int().nullable(), b: z.string() });
  const asked = { name: 'other.jsonl', schema, bad: { limit: 3 } };
  const { rows, quarantine } = await sift(text, asked);
  expect(rows).toEqual([
    { a: 1, b: 'x' },
    { a: 3, b: '4.50' },
  ]);
  expect(quarantine.map(({ place, rule, column, text }) => [place, rule, column, text])).toEqual([
    [2, 'type', 'a', '7'],
    [2, 'type', 'b', 'true'],
    [4, 'type', 'a', '007'],
    [4, 'type', 'b', '4.5'],
  ]);
  expect(quarantine[0]).toMatchObject({ expected: expect.stringContaining('in the source a number') });
  const wide = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`c${i}`, z.int().nullable().optional()]));
  const many = `{${Object.keys(wide)
    .map((name) => `"${name}":1`)
    .join(',')}}\n{"c69":"5"}\n`;
  const chunks = await sift(many, { ...asked, schema: z.object(wide) });
  expect(chunks.quarantine).toMatchObject([{ place: 2, rule: 'type', column: 'c69', text: '5' }]);
  await expect(sift(text, { ...asked, format: { type: 'jsonl', mixed: 'refuse' } })).rejects.toThrow(/several types/);
  const taken = await sift(text, { ...asked, format: { type: 'jsonl', mixed: 'text' } });
  expect(taken.rows.map(({ a }) => a)).toEqual([1, 7, 3, 7]);
});

test('lines are those of the file, also after some that were left out, and in the file among several', async () => {
  await put(folder, { 'many/a.csv': 'n,m\n1\n2,x\nz,y\n', 'many/b.csv': 'm,n\nx,3\n"odd"s,1\nx,q\n' });
  const schema = z.object({ n: z.int(), m: z.string() });
  const { rows, quarantine } = await siftSource(file({ path: 'many/*.csv' }), { schema, bad: { limit: 0.9 } });
  expect(rows.map(({ n }) => n)).toEqual([2, 3]);
  expect(quarantine.map((one) => `${one['file']} ${one['place']} ${one['rule']}`)).toEqual([
    'many/a.csv 2 cells',
    'many/a.csv 4 type',
    'many/b.csv 3 quotes',
    'many/b.csv 4 type',
  ]);
});

test('many lines are found as few are, in files with blank lines and without', async () => {
  const cells = Array.from({ length: 500 }, (_, i) => (i % 2 === 0 ? 'x' : String(i)));
  const schema = z.object({ a: z.number(), b: z.int() });
  for (const [text, first] of [
    [`a,b\n${cells.map((cell) => `${cell},1`).join('\n')}`, 2],
    [`a,b\r\n${cells.map((cell) => `${cell},1\r\n`).join('')}`, 2],
    [`a,b\n\n${cells.map((cell) => `${cell},1\n`).join('')}`, 3],
  ] as const) {
    const { quarantine } = await sift(text, { schema, bad: { limit: 0.9 } });
    expect(quarantine.map(({ place }) => place)).toEqual(Array.from({ length: 250 }, (_, i) => first + 2 * i));
  }
});

test('over the limit it stops with five examples, or leaves it to a person; at the limit it goes on', async () => {
  const text = `name,age,city\nann,31,Rome\n${'bob,old,Oslo\n'.repeat(7)}`;
  const ask = (bad: object): Promise<SiftedSource> => sift(text, { name: 'over.csv', schema: people, bad });
  await expect(ask({ limit: 6 })).rejects.toThrow(
    /7 of 8 rows of over\.csv break its rules \(87\.5 %\).*at most 6 rows.*line 3, age: "old" \(.*line 7, age: "old".*; ….*over: 'hold'/s,
  );
  await expect(ask({ limit: 6 })).rejects.not.toThrow('line 8');
  await expect(ask({ limit: 0.8 })).rejects.toThrow(/at most 80 % of the rows/);
  const held = await ask({ limit: 6, over: 'hold' });
  expect(held.figures).toMatchObject({ overLimit: true, dropped: 7 });
  expect(held.figures.first).toHaveLength(5);
  expect((await ask({ limit: 7 })).digests).toEqual(held.digests);
});

test('a quote that is never closed is refused whatever the limit: it may have swallowed any number of rows', async () => {
  await expect(sift('a,b\n1,2\n3,"4\n5,6\n7,8\n')).rejects.toThrow(/a quote opened on line 3 is never closed/);
});

test('a quote too many that swallows rows counts as many as it swallows', async () => {
  const sifted = await sift('a,b\n1,2\n"3,4\n5,6\n7,8"9\n10,11\n');
  expect(sifted.rows).toHaveLength(2);
  expect(short(sifted)).toEqual(['3 quotes - "3,4', '4 quotes - 5,6', '5 quotes - 7,8"9']);
  expect(sifted.figures).toMatchObject({ read: 5, dropped: 3 });
});

test('keys are asked of the rows that are kept, and an unkeyed row keeps the identity that it has without bad ones', async () => {
  const schema = z.object({ id: z.string(), n: z.number() });
  const { rows, identities } = await sift('id,n\na,1\na,x\nb,2\n', { schema, key: ['id'] });
  expect([rows.length, identities]).toEqual([2, ['a', 'b']]);
  await expect(sift('id,n\na,1\na,2\nb,x\n', { schema, key: ['id'] })).rejects.toThrow(/does not identify the rows/);
});

test('two limits for the lines of a log are one too many', async () => {
  const format = { type: 'log', pattern: '(?<a>x)', unmatched: 3 };
  await expect(sift('x\ny\n', { name: 'two.log', format })).rejects.toThrow(/two limits .* leave unmatched out/s);
});

test('a clean source gives the very table that it gives without a limit, and an empty quarantine', async () => {
  await put(folder, { 'clean.csv': 'name,age,city\nann,31,Rome\nann,31,Rome\n' });
  const source = file({ path: 'clean.csv' });
  const { rows } = await readSource(source, { schema: people });
  const sifted = await siftSource(source, { schema: people, bad: { limit: 0 } });
  expect(sifted.rows).toEqual(rows);
  expect([sifted.quarantine, sifted.figures.dropped]).toEqual([[], 0]);
});

test.each([0, 66])(
  'each of many rows is in the table or in quarantine, in order, with %i columns more',
  async (more) => {
    const cell = fc.constantFrom('1', '-2', 'x', '', '3.5', '1e9');
    const rows = fc.sample(fc.tuple(cell, cell, fc.constantFrom('', '', ',9', ',')), { seed: more, numRuns: 100 });
    const padded = (cells: readonly string[], pad: (i: number) => string): string =>
      [...cells, ...Array.from({ length: more }, (_, i) => pad(i))].join(',');
    const lines = rows.map(([a, b, end]) => `${padded([a, b], () => '1')}${end}`);
    const text = `${[padded(['a', 'b'], (i) => `c${i}`), ...lines].join('\n')}\n`;
    const schema = z.looseObject({ a: z.number(), b: z.int().nullable() });
    const isGood = ([a, b, end]: (typeof rows)[number]): boolean =>
      end === '' && Number.isFinite(Number(a || 'x')) && Number.isInteger(Number(b || '0'));
    const { rows: kept, quarantine, figures } = await sift(text, { schema, bad: { limit: 1000 } });
    const places = rows.map((row, i) => ({ row, line: i + 2 }));
    const bad = places.filter(({ row }) => !isGood(row)).map(({ line }) => line);
    expect([...new Set(quarantine.map(({ place }) => Number(place)))]).toEqual(bad);
    expect(kept.map(({ a }) => a)).toEqual(places.filter(({ row }) => isGood(row)).map(({ row }) => Number(row[0])));
    expect([figures.read, figures.dropped]).toEqual([100, bad.length]);
  },
);
