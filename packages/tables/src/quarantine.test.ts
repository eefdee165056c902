import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  id,
  isOverLimit,
  firstLines,
  overLimit,
  quarantineLines,
  sql,
  withDatabase,
  writeQuarantine,
  type Fault,
} from './index.js';

const scratch = mkdtempSync(join(tmpdir(), 'quarantine-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const age: Fault = {
  rule: 'type',
  column: 'the "age"',
  failing: sql`try_cast(${id('the "age"')} AS BIGINT) IS NULL`,
  text: id('the "age"'),
  expected: 'a whole number',
};
const double: Fault = {
  rule: 'duplicates',
  column: null,
  failing: sql`n = 3`,
  text: sql`NULL`,
  expected: 'a row once',
};

it('keeps rule, row, place, column, text and the whole row of what is dropped, in the order of the source', async () => {
  await withDatabase({}, async (database) => {
    await database.run(
      sql`CREATE TABLE raw AS FROM (VALUES (1, 'r1', '7'), (2, 'r2', 'a''b'), (3, 'r3', NULL)) t(n, r, ${id('the "age"')})`,
    );
    const lines = quarantineLines(
      id('raw'),
      { row: id('r'), place: id('n'), cells: [{ name: 'the "age"', cell: id('the "age"') }] },
      [age, double],
    );
    const written = await writeQuarantine(database, lines, 3, scratch);
    expect(written.value).toMatchObject({ rows: 3, dropped: 2, read: 3 });
    const { path } = written.files['data.parquet'];
    expect(await database.rows(sql`FROM read_parquet(${path})`)).toEqual([
      {
        _row: 'r2/type/the "age"',
        row: 'r2',
        place: 2,
        rule: 'type',
        column: 'the "age"',
        text: "a'b",
        expected: 'a whole number',
        record: JSON.stringify({ 'the "age"': "a'b" }),
      },
      expect.objectContaining({ _row: 'r3/type/the "age"', text: null, record: JSON.stringify({ 'the "age"': null }) }),
      expect.objectContaining({ _row: 'r3/duplicates/', column: null, rule: 'duplicates', place: 3 }),
    ]);
    const first = await firstLines(database, path, 2);
    expect(String(overLimit('people.csv', { limit: 1, over: 'stop' }, written.value, first, 'line'))).toContain(
      'line 2, the "age": "a\'b" (a whole number); line 3, the "age": nothing (a whole number)',
    );
  });
});

it('is a table without rows where nothing is dropped', async () => {
  await withDatabase({}, async (database) => {
    const lines = quarantineLines(sql`(SELECT 1 AS n)`, { row: sql`'r'`, place: id('n'), cells: [] }, []);
    const written = await writeQuarantine(database, lines, 1, scratch, { name: 'none' });
    expect(written.value).toMatchObject({ rows: 0, dropped: 0, read: 1 });
    expect(written.value.columns.map(({ name }) => name)).toContain('record');
  });
});

it('takes a limit below 1 as a share, and from 1 on as a count', () => {
  expect(isOverLimit({ limit: 0.01 }, 1, 100)).toBe(false);
  expect(isOverLimit({ limit: 0.01 }, 2, 100)).toBe(true);
  expect(isOverLimit({ limit: 2 }, 2, 3)).toBe(false);
  expect(isOverLimit({ limit: 2 }, 3, 3000)).toBe(true);
  expect(isOverLimit({ limit: 0 }, 1, 1e9)).toBe(true);
});
