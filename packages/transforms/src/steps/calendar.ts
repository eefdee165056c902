import { Sql, sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { timeOf } from '../cell.js';
import type { ColumnStepKind } from './contract.js';

const DAY_MS = 86_400_000;

interface Part {
  /** Of a time, by its fields in UTC. */
  of(time: Date): number;
  /** DuckDB's function of the same. */
  readonly sql: string;
}

/** What a date or time is asked for. A day of the week counts from Monday, 1; weeks are those of ISO 8601. */
export const CALENDAR_PARTS = {
  year: { of: (time) => time.getUTCFullYear(), sql: 'year' },
  quarter: { of: (time) => Math.floor(time.getUTCMonth() / 3) + 1, sql: 'quarter' },
  month: { of: (time) => time.getUTCMonth() + 1, sql: 'month' },
  week: { of: weekOf, sql: 'week' },
  day: { of: (time) => time.getUTCDate(), sql: 'day' },
  weekday: { of: weekdayOf, sql: 'isodow' },
  'day of the year': { of: dayOfYear, sql: 'dayofyear' },
  hour: { of: (time) => time.getUTCHours(), sql: 'hour' },
  minute: { of: (time) => time.getUTCMinutes(), sql: 'minute' },
} as const satisfies Readonly<Record<string, Part>>;

export type CalendarPart = keyof typeof CALENDAR_PARTS;

const schema = z.object({
  kind: z.literal('calendar'),
  /** The column that it makes. */
  name: z.string(),
  /** Of dates or timestamps, in UTC. */
  column: z.string(),
  part: z.enum(Object.keys(CALENDAR_PARTS) as [CalendarPart, ...CalendarPart[]]),
});

/** A part of a date or time: a whole number. */
export type CalendarStep = Readonly<z.output<typeof schema>>;

export const calendar: ColumnStepKind<CalendarStep> = {
  kind: 'calendar',
  gives: 'column',
  schema,
  reads: ({ column }) => [{ column, type: 'timestamp' }],
  column: ({ name }) => ({ name, type: 'integer' }),
  reader({ column, part }, placeOf) {
    const place = placeOf(column);
    const { of } = CALENDAR_PARTS[part];
    return (cells) => {
      const ms = timeOf(cells[place], column);
      return ms === undefined ? undefined : of(new Date(ms));
    };
  },
  sql: ({ column, part }, columns) => sql`${Sql.of(CALENDAR_PARTS[part].sql)}(${columns.time(column)})::BIGINT`,
};

function weekdayOf(time: Date): number {
  return ((time.getUTCDay() + 6) % 7) + 1;
}

function dayOfYear(time: Date): number {
  const first = new Date(0);
  first.setUTCFullYear(time.getUTCFullYear(), 0, 1);
  return Math.floor((time.getTime() - first.getTime()) / DAY_MS) + 1;
}

/** The week of the year that the Thursday of that week is in. */
function weekOf(time: Date): number {
  const thursday = new Date(time.getTime() + (4 - weekdayOf(time)) * DAY_MS);
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}
