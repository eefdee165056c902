import { expect, test } from 'vitest';
import { z } from 'zod';
import { file } from './index.js';
import { projectForTests, put, readSource } from './read-source.test-part.js';

const folder = projectForTests();

test('4,000 columns are read within the memory of a node, each with its own type', async () => {
  const columns = Array.from({ length: 4_000 }, (_, i) => i);
  const row = (r: number): string => columns.map((i) => (i % 2 === 0 ? `t${r}` : String(i + r))).join(',');
  const text = [columns.map((i) => `column ${i}`).join(','), ...[0, 1, 2].map(row)].join('\n');
  await put(folder, { 'wide.csv': `${text}\n` });
  const { types, rows } = await readSource(file({ path: 'wide.csv' }));
  expect(Object.keys(types)).toHaveLength(4_000);
  expect(new Set(columns.map((i) => `${i % 2} ${types[`column ${i}`]}`))).toEqual(new Set(['0 text', '1 integer']));
  expect(rows.map((one) => one['column 3999'])).toEqual([3999, 4000, 4001]);
});

test('10,000 columns are refused in words', async () => {
  const columns = Array.from({ length: 10_000 }, (_, i) => i);
  const text = [columns.map((i) => `column ${i}`), ...[0, 1].map((r) => columns.map((i) => i + r))].join('\n');
  await put(folder, { 'wider.csv': `${text}\n` });
  await expect(readSource(file({ path: 'wider.csv' }))).rejects.toThrow(
    /wider\.csv has 10000 columns, which do not fit into the memory of a node.*some 4000 columns or fewer.*a row for each value/s,
  );
});

test('a column that changes type at row 900,000 is text with each of its cells, or refused by its line where it is declared', async () => {
  const rows = Array.from({ length: 900_000 }, (_, i) => String(i));
  const text = `a\n${rows.join('\n')}\n12.5 kg\n`;
  await put(folder, { 'late.csv': text });
  const { types, log } = await readSource(file({ path: 'late.csv' }));
  expect(types).toEqual({ a: 'text' });
  expect(log.join('\n')).toMatch(/900000 of 900001 .*numbers; the first other one is "12\.5 kg", line 900002/);
  await expect(readSource(file({ path: 'late.csv' }), { schema: z.object({ a: z.number() }) })).rejects.toThrow(
    /1 cell at fault in a.*row 900002.*line 900002, a: "12\.5 kg"/s,
  );
});
