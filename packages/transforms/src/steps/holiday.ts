import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { isMissing } from '../cell.js';
import type { ColumnStepKind } from './contract.js';

const schema = z.object({
  kind: z.literal('holiday'),
  name: z.string(),
  /** Of dates or timestamps, in UTC. */
  column: z.string(),
  /** The days, as `2024-12-25`, sorted. */
  days: z.array(z.iso.date()),
});

/** Whether a date, or a time's date in UTC, is one of the days listed. */
export type HolidayStep = Omit<Readonly<z.output<typeof schema>>, 'days'> & { readonly days: readonly string[] };

export const holiday: ColumnStepKind<HolidayStep> = {
  kind: 'holiday',
  gives: 'column',
  schema,
  reads: ({ column }) => [{ column, type: 'timestamp' }],
  column: ({ name }) => ({ name, type: 'boolean' }),
  reader({ column, days }, placeOf) {
    const place = placeOf(column);
    const known = new Set(days);
    return (cells) => {
      const cell = cells[place];
      return isMissing(cell) ? undefined : known.has(String(cell).slice(0, 10));
    };
  },
  sql({ column, days }, columns) {
    const date = sql`strftime(${columns.time(column)}, '%Y-%m-%d')`;
    return sql`list_contains(${days}::VARCHAR[], ${date})`;
  },
};
