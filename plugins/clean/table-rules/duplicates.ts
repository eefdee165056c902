import type { z } from 'zod';
import { dataColumns, id, innerName, join, mayRepeat, sql } from '@trainyard/tables';
import { NTH } from '../place.js';
import type { duplicates } from '../rules.js';
import { findColumn, type Asked, type TableRuleStep } from './contract.js';

export function duplicatesStep(rule: z.output<typeof duplicates>, { columns, table, found }: Asked): TableRuleStep {
  const by = rule.by?.map((name) => findColumn('duplicates', columns, name)) ?? dataColumns(columns);
  const order = rule.keep === 'first' ? sql`ASC` : sql`DESC`;
  const cells = by.map(({ name }) => id(name));
  const rank = sql`row_number() OVER (PARTITION BY ${join(cells)} ORDER BY ${NTH} ${order})`;
  const repeats = sql`SELECT ${NTH} FROM ${mayRepeat(table, cells)} QUALIFY ${rank} > 1`;
  const rows = id(innerName(found));
  return {
    about: by.map(({ name }) => name),
    before: (database) => database.run(sql`CREATE TABLE ${rows} AS ${repeats}`),
    drop: {
      failing: sql`(${NTH} IN (FROM ${rows}))`,
      expected: `the ${rule.keep} of the rows that are equal in these columns`,
      column: null,
    },
  };
}
