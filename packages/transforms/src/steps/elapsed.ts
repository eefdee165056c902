import { sql, type Sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { timeOf } from '../cell.js';
import type { Cells, ColumnStepKind, PlaceOf, SqlColumns } from './contract.js';

/** Milliseconds of each unit; a year is 365.2425 days, as in the Gregorian calendar on average. */
export const UNIT_MS = {
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
  years: 31_556_952_000,
} as const;

export type TimeUnit = keyof typeof UNIT_MS;

const end = z.union([z.object({ column: z.string() }), z.object({ time: z.iso.datetime() })]);

const schema = z.object({
  kind: z.literal('elapsed'),
  name: z.string(),
  /** A column of dates or timestamps, or one time for all rows: never the clock of who asks. */
  from: end,
  to: end,
  unit: z.enum(Object.keys(UNIT_MS) as [TimeUnit, ...TimeUnit[]]),
});

/** Time from one to the other, in units, with a fraction; negative where it goes back. */
export type ElapsedStep = Readonly<z.output<typeof schema>>;
type End = Readonly<z.output<typeof end>>;

export const elapsed: ColumnStepKind<ElapsedStep> = {
  kind: 'elapsed',
  gives: 'column',
  schema,
  reads: ({ from, to }) =>
    [from, to].flatMap((one) => ('column' in one ? [{ column: one.column, type: 'timestamp' as const }] : [])),
  column: ({ name }) => ({ name, type: 'number' }),
  reader({ from, to, unit }, placeOf) {
    const [start, stop] = [msOf(from, placeOf), msOf(to, placeOf)];
    return (cells) => {
      const [first, last] = [start(cells), stop(cells)];
      return first === undefined || last === undefined ? undefined : (last - first) / UNIT_MS[unit];
    };
  },
  sql: ({ from, to, unit }, columns) =>
    sql`(${msSql(to, columns)} - ${msSql(from, columns)})::DOUBLE / ${UNIT_MS[unit]}`,
};

function msOf(from: End, placeOf: PlaceOf): (cells: Cells) => number | undefined {
  if ('time' in from) {
    const ms = Date.parse(from.time);
    return () => ms;
  }
  const { column } = from;
  const place = placeOf(column);
  return (cells) => timeOf(cells[place], column);
}

function msSql(from: End, columns: SqlColumns): Sql {
  return 'time' in from ? sql`${BigInt(Date.parse(from.time))}` : sql`epoch_ms(${columns.time(from.column)})`;
}
