import { durationMs, UserError, type Duration } from '../../core/index.js';
import { type Column, type Database, finite, id, inner, requireColumn, sql, type Sql } from '@trainyard/tables';

/** A column of time as whole numbers that sort: microseconds since 1970 in UTC, or the column's own numbers. */
export interface Clock {
  readonly column: Column;
  /** SQL for a row's time; NULL where it has none. */
  readonly at: Sql;
  /** The length of a gap on the clock. */
  readonly gap: number;
  /** A moment as its author writes it, on the clock. */
  readonly moment: (said: string | number, field: string) => Promise<number>;
  /** A time for people. */
  readonly say: (at: number) => Promise<string>;
}

const MICROSECONDS = 1000;

/** Reads a column as time. Throws a UserError for a column of text, and a gap that is no length on its clock. */
export function clockOf(
  database: Database,
  columns: readonly Column[],
  name: string,
  gap: Duration | undefined,
): Clock {
  const column = requireColumn(columns, name, 'time');
  const { type } = column;
  const cell = id(name);
  if (type === 'timestamp' || type === 'date') {
    const ms = durationMs(gap ?? 0);
    if (ms === undefined)
      throw new UserError('the gap is no length of time', {
        where: { field: 'gap' },
        expected: "words such as '7 days' or '36 hours'",
        actual: String(gap),
      });
    return {
      column,
      at: sql`epoch_us(${cell})`,
      gap: ms * MICROSECONDS,
      moment: async (said, field) => {
        const { at } = await database.row<{ at: number | null }>(
          sql`SELECT epoch_us(try_cast(${String(said)} AS TIMESTAMP)) AS at`,
        );
        if (at !== null && typeof said === 'string') return at;
        throw new UserError(`${field} is no moment`, {
          where: { field },
          expected: "text such as '2013-11-01' or '2013-11-01 06:00:00', in UTC",
          actual: String(said),
        });
      },
      say: async (at) => {
        const { said } = await database.row<{ said: string }>(
          sql`SELECT make_timestamp(${BigInt(at)})::VARCHAR AS said`,
        );
        return type === 'date' || said.endsWith(' 00:00:00') ? said.slice(0, 10) : said;
      },
    };
  }
  if (type === 'number' || type === 'integer') {
    if (gap !== undefined && (typeof gap !== 'number' || gap < 0))
      throw new UserError(`the gap of a column of numbers is a number in its unit`, {
        where: { field: 'gap', column: name },
        actual: String(gap),
      });
    return {
      column,
      at: type === 'integer' ? cell : finite(cell),
      gap: gap ?? 0,
      moment: async (said, field) => {
        if (typeof said === 'number') return said;
        throw new UserError(`${field} is no number, as "${name}" is`, { where: { field }, actual: said });
      },
      say: async (at) => String(at),
    };
  }
  throw new UserError(`column "${name}" holds ${type}, not time`, {
    where: { field: 'time', column: name },
    expected: 'a column of timestamps, dates or numbers',
    remedy: 'read it as a timestamp: give its type in the schema where the table is ingested',
  });
}

/** The time column under a name that no column has, and rows in front of a time. */
export const AT = inner('time');

/**
 * Times at which shares of the rows lie before, as near as rows of one time allow, which stay together: each is the time
 * of the first row behind it. `shares` rise.
 */
export async function cutsAt(database: Database, clock: Clock, shares: readonly number[]): Promise<number[]> {
  await database.run(
    sql`CREATE OR REPLACE TABLE ${TIMES} AS
        SELECT ${AT}, (sum(n) OVER (ORDER BY ${AT}) - n)::DOUBLE AS before, (sum(n) OVER ())::DOUBLE AS total
        FROM (SELECT ${clock.at} AS ${AT}, count(*) AS n FROM rows WHERE ${clock.at} IS NOT NULL GROUP BY 1)`,
  );
  const cuts: number[] = [];
  for (const share of shares) {
    const [found] = await database.rows<{ at: number }>(
      sql`SELECT ${AT}::DOUBLE AS at FROM ${TIMES} ORDER BY abs(before - round(${share} * total)), ${AT} LIMIT 1`,
    );
    if (found) cuts.push(found.at);
  }
  return cuts;
}

const TIMES = id('rows before each time');

/** Throws a UserError for rows without a time, unless they are to be left out, and for a table without any. */
export async function requireTimes(database: Database, clock: Clock, missing: 'refuse' | 'leave out'): Promise<void> {
  const { rows, without } = await database.row<{ rows: number; without: number }>(
    sql`SELECT count(*) AS rows, count(*) - count(${clock.at}) AS without FROM rows`,
  );
  const { name } = clock.column;
  if (rows === without)
    throw new UserError(`no row of the table has a time in column "${name}"`, {
      where: { port: 'table', column: name },
      actual: `${rows} rows`,
    });
  if (without === 0 || missing === 'leave out') return;
  throw new UserError(`${without} of ${rows} rows have no time in column "${name}"`, {
    where: { port: 'table', column: name },
    expected: 'a time in every row',
    actual: `${without} missing`,
    remedy: "pass missing: 'leave out', which keeps them apart in unused, or drop them by a rule of clean.table before",
  });
}
