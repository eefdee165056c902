import { expect, test } from 'vitest';
import { inner, innerName, sql, withDatabase } from '@trainyard/tables';
import { historyQuery, type HistoryQuery } from '@trainyard/transforms';
import { foldWindows } from './fold-windows.js';

const NTH = inner('nth');
const of = { of: 'x', type: 'number' } as const;
const asked: HistoryQuery = {
  key: ['k', 'j'],
  order: { name: 'at', type: 'integer' },
  gap: 2,
  takes: [
    { name: 'sum of 6', ...of, take: 'sum', rows: 6 },
    { name: 'mean of 40', ...of, take: 'mean', rows: 40 },
    { name: 'deviation of 6', ...of, take: 'deviation', rows: 6 },
    { name: 'sum within 9', ...of, take: 'sum', within: 9 },
    { name: 'mean within 300', ...of, take: 'mean', within: 300 },
    { name: 'deviation within 9', ...of, take: 'deviation', within: 9 },
    { name: 'sum of whole', of: 'n', type: 'integer', take: 'sum', rows: 5 },
  ],
};

test('windows that are added row by row have the bits of those that the database holds and adds, over 20,000 random rows', async () => {
  await withDatabase({}, async (database) => {
    // Keys that are missing, not a number or of one row; values that are missing, infinite, very large and very small; equal places.
    await database.run(sql`CREATE TABLE rows AS SELECT CASE WHEN i % 50 = 0 THEN NULL WHEN i % 51 = 0 THEN 'nan'::DOUBLE ELSE hash(i) % 60 END AS k,
      'j' || (hash(i * 3) % 2) AS j, (hash(i * 5) % 300)::BIGINT AS at, (hash(i * 11) % 1000)::BIGINT AS n,
      CASE hash(i * 7) % 40 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 'inf'::DOUBLE WHEN 3 THEN '-inf'::DOUBLE WHEN 4 THEN 1e308 WHEN 5 THEN -1e308
        WHEN 6 THEN -0.0::DOUBLE WHEN 7 THEN 5e-324 ELSE (hash(i * 13) % 1000003)::DOUBLE / 7 - 70000 END AS x FROM range(20000) AS r(i)`);
    const from = sql`(SELECT row_number() OVER () AS ${NTH}, * FROM rows)`;
    const kept = { cell: NTH, name: innerName('nth') };
    const folded = await foldWindows(database, asked, from, kept, new AbortController().signal);
    const [ours, held] = [folded, historyQuery(asked, from, NTH)].map((made) =>
      database.rows(sql`FROM (${made}) ORDER BY ${NTH}`),
    );
    const [a, b] = [await ours!, await held!];
    expect(a).toHaveLength(20_000);
    const present = asked.takes.map(({ name }) => a.filter((row) => row[name] !== null).length);
    expect(Math.min(...present)).toBeGreaterThan(5_000);
    a.forEach((row, i) => {
      for (const { name } of asked.takes)
        if (!Object.is(row[name], b[i]![name])) expect({ i, [name]: row[name] }).toEqual({ i, [name]: b[i]![name] });
    });
  });
});
