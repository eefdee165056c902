import { sql } from '@trainyard/tables/sql';
import { z } from 'zod';
import { columnOf, present } from '../cells.js';
import { DidNotRun, ruleKind } from '../rule-kind.js';

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
const length = z
  .string()
  .regex(/^\d+ (minute|hour|day|week)s?$/, "a length of time such as '2 days'")
  .describe("such as '2 days'");

/**
 * The newest time of a column is not older than said, counted to the moment that the check is given; a time after that
 * moment breaks the rule, too.
 */
export const fresh = ruleKind({
  name: 'fresh',
  title: 'the newest time of the column is not older than said, and not in the future',
  params: { column: z.string(), within: length },
  columns: ({ column }) => [column],
  compile({ column, within }, table) {
    columnOf(table, column, ['date', 'timestamp']);
    if (table.at === undefined) throw new DidNotRun('no moment was given to count the age to');
    const at = Date.parse(table.at);
    const cell = table.cell(column);
    const [, count = '0', unit = 'day'] = /^(\d+) (\w+?)s?$/.exec(within) ?? [];
    const ms = Number(count) * UNITS[unit as keyof typeof UNITS];
    return {
      sort: 'figures',
      looks: present([cell]),
      figures: { newest: sql`epoch_ms(max(${cell})::TIMESTAMP)` },
      judge: ({ newest }) => {
        if (newest === null || newest === undefined) return { why: 'no row has a time' };
        const age = at - Number(newest);
        return {
          well: age <= ms && age >= 0,
          actual: `the newest is ${new Date(Number(newest)).toISOString()}, looked at from ${table.at}`,
        };
      },
      expected: `a time within ${within} of the check`,
    };
  },
});
