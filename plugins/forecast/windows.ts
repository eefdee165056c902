import { UserError } from '@trainyard/errors';
import { html, htmlFacts, htmlPage } from '@trainyard/pages';
import {
  id,
  join,
  openTable,
  requireColumn,
  requireNames,
  ROW_ID,
  sql,
  withDatabase,
  writeTable,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import type { z } from 'zod';
import { implement } from '../../worker/index.js';
import { windows } from './contract.js';

type Params = z.output<(typeof windows)['spec']['params']>;

/** Names of the columns of windows; `value` is that of the series. */
export const lagColumn = (value: string, lag: number): string => (lag === 0 ? `${value} now` : `${value} -${lag}`);
export const stepColumn = (value: string, step: number): string => `${value} +${step}`;
export const labelColumn = (value: string): string => `${value} next`;

export const windowsNode = implement(windows, async ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'series', inputs.table);
    requireColumns(columns, params);
    await requireEvenSeries(database, params);
    const { query, names } = windowsQuery(params);
    requireNames(names);
    if (params.future) await requireKnownAhead(database, params, query);
    const output = await writeTable(database, query, ctx.scratch, 'windows', { rules: [], filtered: true });
    const figures = await figuresOf(database, params, output.value.rows);
    if (output.value.rows === 0)
      throw new UserError('no moment of any series has enough history before it and truth behind it', {
        where: { port: 'table' },
        expected: `series of ${params.lags + (params.future ? 0 : params.horizon)} moments or more`,
        remedy: 'ask for fewer lags or a shorter horizon',
      });
    return {
      windows: output,
      report: {
        value: figures,
        files: {
          'report.html': htmlPage(
            'Windows',
            html`${htmlFacts([
              ['series', figures.series],
              ['windows', figures.windows],
              ['steps ahead', figures.horizon],
              ['scale of errors', figures.scale ?? 'not defined'],
              ['moments left out', figures.left],
            ])}`,
          ),
          'report.json': `${JSON.stringify(figures)}\n`,
        },
      },
    };
  }),
);

function requireColumns(columns: readonly Column[], { time, value, key, past, known }: Params): void {
  const { type: ofTime } = requireColumn(columns, time, 'time');
  if (!['timestamp', 'date', 'number', 'integer'].includes(ofTime))
    throw new UserError(`column "${time}" holds ${ofTime}, not times`, {
      where: { field: 'time', column: time },
      expected: 'timestamps, dates or numbers',
      remedy: 'read it as such: z.date() in the schema of ingest',
    });
  if (key !== undefined) requireColumn(columns, key, 'key');
  for (const [field, names] of Object.entries({ value: [value], past, known }))
    for (const name of names) {
      const { type } = requireColumn(columns, name, field);
      if (type !== 'number' && type !== 'integer')
        throw new UserError(`column "${name}" holds ${type}, and windows take numbers`, {
          where: { field, column: name },
          remedy: 'make numbers of it before, such as 0 and 1 for a holiday',
        });
    }
}

const ofSeries = ({ key }: Params): Sql => (key === undefined ? sql`'the series'` : sql`${id(key)}::VARCHAR`);

/** Throws a UserError for a moment that is missing or stands twice in a series, a value that is none, and times in unequal distances. */
async function requireEvenSeries(database: Database, params: Params): Promise<void> {
  const { time, value, past, known } = params;
  const [moment, series] = [id(time), ofSeries(params)];
  const fail = (what: string, found: { key: string; said: string }, expected: string, remedy: string): never => {
    throw new UserError(what, {
      where: { port: 'table', column: time },
      expected,
      actual: `${found.said} of ${found.key}`,
      remedy,
    });
  };
  const first = (from: Sql): Promise<{ key: string; said: string }[]> =>
    database.rows(sql`SELECT ${series} AS key, coalesce(${moment}::VARCHAR, 'no time') AS said FROM ${from} LIMIT 1`);
  const [twice] = await first(
    sql`(FROM series WHERE ${moment} IS NULL OR true QUALIFY ${moment} IS NULL OR count(*) OVER (PARTITION BY ${series}, ${moment}) > 1)`,
  );
  if (twice)
    fail(
      'a moment of a series has no time, or stands twice',
      twice,
      'each time once in a series',
      'say the key that tells series apart, or leave rows out',
    );
  for (const name of [value, ...past, ...known]) {
    const allowed =
      params.future && known.includes(name)
        ? sql`true`
        : sql`${id(name)} IS NOT NULL AND isfinite(${id(name)}::DOUBLE)`;
    // The value and past covariates are not known yet for moments ahead: those behind the last one with a value.
    const last = sql`max(${moment}) FILTER (WHERE ${id(value)} IS NOT NULL) OVER (PARTITION BY ${series})`;
    const ahead = known.length > 0 && params.future && !known.includes(name) ? sql`${moment} > ${last}` : sql`false`;
    const [none] = await first(
      sql`(FROM (SELECT *, ${ahead} AS "inner ahead" FROM series) WHERE NOT (${allowed}) AND NOT coalesce("inner ahead", false))`,
    );
    if (none)
      fail(
        `column "${name}" has no number at a moment`,
        none,
        'a finite number at each moment',
        'fill it in before, by values of the past alone',
      );
  }
  // Months have unequal lengths: they are counted, not measured.
  const [uneven] = await database.rows<{ key: string; said: string }>(
    sql`WITH stepped AS (SELECT ${series} AS key, ${moment}::VARCHAR AS said, ${distance(moment, series)} AS step FROM series)
        SELECT key, said FROM stepped QUALIFY step IS NOT NULL AND step > 1.2 * min(step) OVER (PARTITION BY key) LIMIT 1`,
  );
  if (uneven)
    fail(
      'before a moment others are missing',
      uneven,
      'times in one distance within each series',
      'bring the missing moments in, with values filled in',
    );
}

/** Throws a UserError where a last moment, that is asked about, lacks what is known of a step ahead of it. */
async function requireKnownAhead(database: Database, params: Params, query: Sql): Promise<void> {
  const { time, known, horizon } = params;
  for (const name of known) {
    const lacks = Array.from({ length: horizon }, (_, i) => {
      const cell = id(stepColumn(name, i + 1));
      return sql`WHEN ${cell} IS NULL OR NOT isfinite(${cell}) THEN ${BigInt(i + 1)}`;
    });
    const [found] = await database.rows<{ key: string; said: string; step: number | bigint }>(
      sql`SELECT * FROM (SELECT ${ofSeries(params)} AS key, ${id(time)}::VARCHAR AS said, CASE ${join(lacks, ' ')} END AS step FROM (${query}))
        WHERE step IS NOT NULL LIMIT 1`,
    );
    if (found)
      throw new UserError(`column "${name}" has no number ${found.step} ahead of a series' last value`, {
        where: { port: 'table', column: name },
        expected: `rows for ${horizon} moments behind the last value, with a finite number in each column of known`,
        actual: `none ${found.step} ahead of ${found.said} of ${found.key}`,
        remedy: 'bring in rows for the moments ahead, with what is known of them and without a value',
      });
  }
}

/** How far a moment is from the one before: of times in seconds. */
function distance(moment: Sql, series: Sql): Sql {
  const before = sql`lag(${moment}) OVER (PARTITION BY ${series} ORDER BY ${moment})`;
  return sql`CASE WHEN typeof(${moment}) IN ('DOUBLE', 'BIGINT') THEN try_cast(${moment}::VARCHAR AS DOUBLE) - try_cast(${before}::VARCHAR AS DOUBLE)
    ELSE epoch(try_cast(${moment}::VARCHAR AS TIMESTAMP)) - epoch(try_cast(${before}::VARCHAR AS TIMESTAMP)) END`;
}

/** One row for each origin. */
function windowsQuery(params: Params): { readonly query: Sql; readonly names: string[] } {
  const { time, value, key, horizon, lags, every, past, known, future } = params;
  const over = sql`OVER (PARTITION BY ${ofSeries(params)} ORDER BY ${id(time)})`;
  const cells: (readonly [name: string, cell: Sql])[] = [
    [ROW_ID, sql`${ofSeries(params)} || ' ' || ${id(time)}::VARCHAR`],
    ...(key === undefined ? [] : [[key, id(key)] as const]),
    [time, id(time)],
    ...[value, ...past].flatMap((name) =>
      Array.from(
        { length: lags },
        (_, lag) => [lagColumn(name, lag), sql`lag(${id(name)}::DOUBLE, ${BigInt(lag)}) ${over}`] as const,
      ),
    ),
    ...known.flatMap((name) =>
      Array.from(
        { length: horizon },
        (_, i) => [stepColumn(name, i + 1), sql`lead(${id(name)}::DOUBLE, ${BigInt(i + 1)}) ${over}`] as const,
      ),
    ),
    ...(future
      ? []
      : [
          [
            labelColumn(value),
            sql`to_json([${join(Array.from({ length: horizon }, (_, i) => sql`lead(${id(value)}::DOUBLE, ${BigInt(i + 1)}) ${over}`))}])::VARCHAR`,
          ] as const,
        ]),
  ];
  const names = cells.map(([name]) => name);
  // Places within a series, of moments whose value is known: from its first, and from its last.
  const whole = future ? sql`FROM series` : sql`FROM series WHERE ${id(value)} IS NOT NULL`;
  const seen = sql`${id(value)} IS NOT NULL`;
  const rows = sql`SELECT ${join(cells.map(([name, cell]) => sql`${cell} AS ${id(name)}`))},
    ${seen} AS "inner seen",
    count(*) FILTER (WHERE ${seen}) ${over} AS "inner before",
    count(*) FILTER (WHERE ${seen}) OVER (PARTITION BY ${ofSeries(params)}) - count(*) FILTER (WHERE ${seen}) ${over} AS "inner behind"
    FROM (${whole})`;
  const behind = future
    ? sql`"inner behind" = 0`
    : sql`"inner behind" >= ${BigInt(horizon)} AND ("inner behind" - ${BigInt(horizon)}) % ${BigInt(every)} = 0`;
  const order = key === undefined ? sql`${id(time)}` : sql`${id(time)}, ${id(key)}`;
  return {
    names,
    query: sql`SELECT ${join(names.map(id))} FROM (${rows}) WHERE "inner seen" AND "inner before" >= ${BigInt(lags)} AND ${behind} ORDER BY ${order}`,
  };
}

async function figuresOf(
  database: Database,
  params: Params,
  rows: number,
): Promise<z.output<typeof import('./contract.js').windowsFigures>> {
  const { time, value, season, horizon, lags, future } = params;
  const known = sql`(FROM series WHERE ${id(value)} IS NOT NULL)`;
  // With `future` one moment of each series is asked about, and needs no truth behind it.
  const left = future
    ? sql`CASE WHEN count(*) < ${BigInt(lags)} THEN 1 ELSE 0 END`
    : sql`least(count(*), ${BigInt(lags + horizon - 1)})`;
  const found = await database.row<{ series: number; left: number; scale: number | null }>(
    sql`WITH differences AS (
          SELECT ${ofSeries(params)} AS key,
            abs(${id(value)}::DOUBLE - lag(${id(value)}::DOUBLE, ${BigInt(season)}) OVER (PARTITION BY ${ofSeries(params)} ORDER BY ${id(time)})) AS difference
          FROM ${known})
        SELECT count(DISTINCT key) AS series, avg(difference) AS scale,
          (SELECT sum(moments) FROM (SELECT ${left} AS moments FROM differences GROUP BY key)) AS "left"
        FROM differences`,
  );
  return {
    series: Number(found.series),
    windows: rows,
    horizon,
    scale: found.scale !== null && found.scale > 0 ? found.scale : null,
    left: Number(found.left),
  };
}
