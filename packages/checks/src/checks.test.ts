import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { id, sql, withDatabase, type Column, type TableRow } from '@trainyard/tables';
import { afterAll, expect, it } from 'vitest';
import { dataContract, rule, ruleKind, rulesOf, type CheckFigures, type RuleInput } from './index.js';
import { checkTable, type CheckOptions, type TableToCheck } from './run.js';

const scratch = mkdtempSync(join(tmpdir(), 'checks-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const COLUMNS: Column[] = [
  { name: '_row', type: 'text' },
  { name: 'ring', type: 'text' },
  { name: 'mass', type: 'number' },
  { name: 'station', type: 'integer' },
  { name: 'seen', type: 'timestamp' },
  { name: 'left', type: 'timestamp' },
];
const ROWS: TableRow[] = [
  { _row: 'a', ring: 'AB12', mass: 3.5, station: 1, seen: '2024-05-01T10:00:00Z', left: '2024-05-01T11:00:00Z' },
  { _row: 'b', ring: 'AB13', mass: NaN, station: 2, seen: '2024-05-02T10:00:00Z', left: '2024-05-02T09:00:00Z' },
  { _row: 'c', ring: 'ab14', mass: Infinity, station: 3, seen: '2024-05-03T10:00:00Z', left: null },
  { _row: 'd', ring: 'AB12', mass: null, station: null, seen: null, left: null },
];

let made = 0;
async function check(
  rules: readonly RuleInput[],
  options: CheckOptions & { columns?: Column[]; rows?: TableRow[]; stations?: TableRow[] } = {},
): Promise<CheckFigures> {
  return withDatabase({ scratch }, async (database) => {
    const open = async (name: string, columns: Column[], rows: TableRow[]): Promise<TableToCheck> => {
      const path = join(scratch, `t${made++}.parquet`);
      await database.insert('given', columns, rows);
      await database.write(sql`FROM given`, path);
      return { from: id(name), path, columns: await database.view(name, path) };
    };
    const table = await open('data', options.columns ?? COLUMNS, options.rows ?? ROWS);
    const stations = await open(
      'stations table',
      [{ name: 'number', type: 'integer' }],
      options.stations ?? [{ number: 1 }, { number: 2 }, { number: null }],
    );
    const parsed = rules.map((one) => rule.parse(one));
    return checkTable(database, table, parsed, { others: new Map([['stations', stations]]), scratch, ...options });
  });
}

async function one(
  given: RuleInput,
  options: Parameters<typeof check>[1] = {},
): Promise<CheckFigures['rules'][number]> {
  return (await check([given], options)).rules[0]!;
}

it('says of each rule what it came to, the rows it saw and skipped, and the first rows that break it', async () => {
  const figures = await check([
    { rule: 'type', column: 'mass', type: 'number' },
    { rule: 'type', column: 'ring', type: 'integer' },
    { rule: 'required', column: 'mass' },
    { rule: 'range', column: 'mass', min: 3, max: 10 },
    { rule: 'range', column: 'seen', min: '2024-05-02', max: '2024-05-03T10:00:00Z' },
    { rule: 'finite', column: 'mass' },
    { rule: 'length', column: 'ring', min: 4, max: 4 },
    { rule: 'values', column: 'ring', values: ['AB12', 'AB13'] },
    { rule: 'pattern', column: 'ring', pattern: '^[A-Z]{2}\\d+$' },
    { rule: 'pattern', column: 'ring', pattern: '^(?=AB)..12$' },
    { rule: 'compare', column: 'seen', is: '<=', to: 'left' },
    { rule: 'unique', columns: ['ring'] },
    { rule: 'unique', columns: ['ring', 'station'] },
    { rule: 'reference', columns: ['station'], table: 'stations', key: ['number'] },
    { rule: 'rows', min: 4, max: 4 },
    { rule: 'rows', max: 3 },
    { rule: 'sql', query: 'SELECT * FROM data WHERE "left" < seen' },
  ]);
  const said = figures.rules.map(({ rule, verdict, seen, skipped, failing, examples }) => [
    rule,
    verdict,
    seen,
    skipped,
    failing,
    examples.map(({ place, row }) => `${place} ${row}`).join(', '),
  ]);
  expect(said).toEqual([
    ['type', 'passed', 4, 0, 0, ''],
    ['type', 'failed', 4, 0, 0, ''],
    ['required', 'failed', 4, 0, 1, '4 d'],
    ['range', 'failed', 3, 1, 2, '2 b, 3 c'],
    ['range', 'failed', 3, 1, 1, '1 a'],
    ['finite', 'failed', 3, 1, 2, '2 b, 3 c'],
    ['length', 'passed', 4, 0, 0, ''],
    ['values', 'failed', 4, 0, 1, '3 c'],
    ['pattern', 'failed', 4, 0, 1, '3 c'],
    ['pattern', 'failed', 4, 0, 2, '2 b, 3 c'],
    ['compare', 'failed', 2, 2, 1, '2 b'],
    ['unique', 'failed', 4, 0, 2, '1 a, 4 d'],
    ['unique', 'passed', 3, 1, 0, ''],
    ['reference', 'failed', 3, 1, 1, '3 c'],
    ['rows', 'passed', 4, 0, 0, ''],
    ['rows', 'failed', 4, 0, 0, ''],
    ['sql', 'failed', 4, 0, 1, 'null b'],
  ]);
  expect(figures).toMatchObject({ verdict: 'failed', rows: 4, passed: 4, failed: 13, didNotRun: 0 });
});

it('keeps NaN, infinite and missing apart', async () => {
  expect(await one({ rule: 'range', column: 'mass', min: 0 })).toMatchObject({ failing: 1, skipped: 1 });
  expect(await one({ rule: 'range', column: 'mass', max: 1 })).toMatchObject({ failing: 3, skipped: 1 });
  expect(await one({ rule: 'compare', column: 'mass', is: '!=', to: 'mass' })).toMatchObject({ seen: 3, failing: 3 });
  expect(await one({ rule: 'compare', column: 'mass', is: '=', to: 'mass' })).toMatchObject({ seen: 3, failing: 1 });
  expect(await one({ rule: 'required', column: 'mass' })).toMatchObject({ failing: 1 });
});

it('says that a rule did not run, and why: neither passed nor failed', async () => {
  const why = async (given: RuleInput, options: Parameters<typeof check>[1] = {}): Promise<string> => {
    const { verdict, why: said } = await one(given, options);
    return `${verdict}: ${said}`;
  };
  expect(await why({ rule: 'range', column: 'weight', min: 0 })).toBe('did not run: the table has no column "weight"');
  expect(await why({ rule: 'range', column: 'ring', min: 0 })).toContain('holds text, and the rule is for number');
  expect(await why({ rule: 'range', column: 'mass', min: '2024-01-01' })).toContain('did not run: the limit');
  expect(await why({ rule: 'pattern', column: 'ring', pattern: '(' })).toContain(
    'did not run: /(/ is no regular expression',
  );
  expect(await why({ rule: 'reference', columns: ['station'], table: 'airports' })).toContain(
    'no table "airports" was given',
  );
  expect(await why({ rule: 'reference', columns: ['ring'], table: 'stations', key: ['number'] })).toContain(
    'holds text, and',
  );
  expect(await why({ rule: 'fresh', column: 'seen', within: '2 days' })).toContain('no moment was given');
  expect(await why({ rule: 'brought', kind: 'luhn' })).toContain('no plugin brings the kind of rule "luhn"');
  expect(await why({ rule: 'required', column: 'mass' }, { rows: [] })).toBe('did not run: the table has no rows');
  expect(await why({ rule: 'finite', column: 'mass' }, { rows: ROWS.slice(3) })).toContain(
    'all 1 rows lack what it asks about',
  );
  expect(
    (
      await check([
        { rule: 'finite', column: 'weight' },
        { rule: 'rows', min: 1 },
      ])
    ).verdict,
  ).toBe('did not run');
  expect((await one({ rule: 'type', column: 'weight', type: 'number' })).verdict).toBe('failed');
});

it('excuses the rules of labels that are absent at serving, and those alone', async () => {
  const contract = dataContract.parse({
    columns: { columns: { ring: { type: 'text' }, species: { type: 'text', values: ['a'] } } },
    labels: ['species'],
  });
  const serving = await check(rulesOf(contract), { mayBeAbsent: contract.labels });
  expect(serving).toMatchObject({ verdict: 'passed', passed: 2, failed: 0, didNotRun: 3 });
  expect(serving.rules.filter(({ excused }) => excused).map(({ rule: name }) => name)).toEqual([
    'type',
    'required',
    'values',
  ]);
  expect((await check(rulesOf(contract))).verdict).toBe('failed');
  const nothing = await check([{ rule: 'finite', column: 'species' }], { mayBeAbsent: ['species'] });
  expect(nothing.verdict).toBe('did not run');
});

it('tolerates a share of the rows that a rule sees', async () => {
  const given: RuleInput = { rule: 'values', column: 'ring', values: ['AB12', 'AB13'] };
  expect(await one({ ...given, tolerated: 0.25 })).toMatchObject({ verdict: 'passed', failing: 1 });
  expect(await one({ ...given, tolerated: 0.24 })).toMatchObject({ verdict: 'failed', failing: 1 });
});

it('counts ages to the moment that it is given, and refuses times after it', async () => {
  const fresh = { rule: 'fresh', column: 'seen', within: '2 days' } as const;
  expect((await one(fresh, { at: '2024-05-05T10:00:00Z' })).verdict).toBe('passed');
  expect(await one(fresh, { at: '2024-05-05T10:00:01Z' })).toMatchObject({
    verdict: 'failed',
    actual: 'the newest is 2024-05-03T10:00:00.000Z, looked at from 2024-05-05T10:00:01Z',
  });
  expect((await one(fresh, { at: '2024-05-03T09:00:00Z' })).verdict).toBe('failed');
});

it('takes kinds of rules that others bring', async () => {
  const even = ruleKind({
    name: 'even',
    title: 'even numbers',
    params: { column: rule.options[1].shape.column },
    columns: ({ column }) => [column],
    compile: ({ column }, { cell }) => ({
      sort: 'rows',
      looks: sql`${cell(column)} IS NOT NULL`,
      failing: sql`${cell(column)} % 2 <> 0`,
      shown: sql`${cell(column)}::VARCHAR`,
      expected: 'an even number',
    }),
  });
  const kinds = new Map([['even', even as never]]);
  expect(await one({ rule: 'brought', kind: 'even', params: { column: 'station' } }, { kinds })).toMatchObject({
    verdict: 'failed',
    failing: 2,
    examples: [
      { place: 1, row: 'a', text: '1' },
      { place: 3, row: 'c', text: '3' },
    ],
  });
  expect(await one({ rule: 'brought', kind: 'evn', params: {} }, { kinds })).toMatchObject({ verdict: 'did not run' });
});

const REFUSED: [query: string, why: RegExp][] = [
  ['DROP TABLE data', /no SELECT/],
  ['SELECT 1; SELECT 2', /more than one statement/],
  [`COPY data TO '/tmp/x'`, /no SELECT/],
  [`SELECT * FROM '/etc/passwd'`, /reads "\/etc\/passwd"/],
  [`SELECT * FROM read_csv('/etc/passwd')`, /calls read_csv/],
  [`SELECT * FROM data WHERE ring IN (SELECT content FROM read_text('/etc/passwd'))`, /calls read_text/],
  [`SELECT * FROM query('SELECT 1')`, /calls query/],
  ['SELECT * FROM duckdb_settings()', /calls duckdb_settings/],
  ['SELECT * FROM information_schema.tables', /reads "tables"/],
  ['DESCRIBE data', /what is no table/],
  ['SELECT * FROM data WHERE random() < 2', /calls random/],
  ['SELECT * FROM data WHERE now() > seen', /calls now/],
  ['SELECT * FROM data WHERE seen < current_timestamp', /another thing|something else|get_current_timestamp/],
  [`SELECT current_setting('threads')`, /calls current_setting/],
  ['SELECT * FROM data USING SAMPLE 1', /draws a sample/],
  ['SELECT * FROM others', /reads "others"/],
  ['SELECT nothing FROM data', /failed: .*nothing/],
];
it('does not run what is no single SELECT over the named tables that always says the same', async () => {
  const { rules } = await check(REFUSED.map(([query]) => ({ rule: 'sql', query })));
  rules.forEach(({ verdict, why }, i) => {
    expect(verdict, REFUSED[i]![0]).toBe('did not run');
    expect(why, REFUSED[i]![0]).toMatch(REFUSED[i]![1]);
  });
});

it('ends a query that takes too long', async () => {
  const found = await one({
    rule: 'sql',
    query:
      'SELECT sum(a.range * b.range * c.range) AS s FROM range(1000000) a, range(1000000) b, range(1000) c HAVING s > 0',
    seconds: 0.2,
  });
  expect(found).toMatchObject({ verdict: 'did not run', why: 'the query took longer than 0.2 s' });
});

it('runs a query with other tables, names of its own, and functions that always say the same', async () => {
  const query = `WITH late AS (SELECT * FROM data WHERE upper(ring) LIKE 'AB%' AND list_contains([1, 3], station))
    SELECT late.* FROM late LEFT JOIN stations ON number = station, unnest([1]) u WHERE number IS NULL; -- end`;
  expect(await one({ rule: 'sql', query })).toMatchObject({ verdict: 'failed', failing: 1, examples: [{ row: 'c' }] });
});
