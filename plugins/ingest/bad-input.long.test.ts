import { expect, test } from 'vitest';
import { z } from 'zod';
import { file } from './index.js';
import { projectForTests, put, readSource } from './read-source.test-part.js';

const folder = projectForTests();

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
