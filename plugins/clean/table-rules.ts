import type { z } from 'zod';
import { dataColumns, id, join, mayRepeat, requireColumn, ROW_ID, sql, type Column, type Sql } from '@trainyard/tables';
import type { TableStep } from '@trainyard/transforms';
import { notFor } from './not-for.js';
import { NTH } from './place.js';
import type { duplicates, forwardFill } from './rules.js';

/** What a rule of whole tables does to a table that has `NTH` as well: it looks at several rows, and means nothing for one. */
export type TableRuleStep = Pick<TableStep, 'about' | 'cells' | 'drop'> & {
  /** Runs before anything of the step is asked: what several queries need is found once. */
  readonly before?: Sql;
};

/**
 * Rules that look at several rows of a table, by name. `table` is the relation that they are asked of, `found` the name of a table
 * that they may make.
 */
export const TABLE_RULES = {
  duplicates(rule: z.output<typeof duplicates>, columns: readonly Column[], table: Sql, found: Sql): TableRuleStep {
    const by = rule.by?.map((name) => find('duplicates', columns, name)) ?? dataColumns(columns);
    const order = rule.keep === 'first' ? sql`ASC` : sql`DESC`;
    const cells = by.map(({ name }) => id(name));
    const rank = sql`row_number() OVER (PARTITION BY ${join(cells)} ORDER BY ${NTH} ${order})`;
    const repeats = sql`SELECT ${NTH} FROM ${mayRepeat(table, cells)} QUALIFY ${rank} > 1`;
    return {
      about: by.map(({ name }) => name),
      before: sql`CREATE TABLE ${found} AS ${repeats}`,
      drop: {
        failing: sql`(${NTH} IN (FROM ${found}))`,
        expected: `the ${rule.keep} of the rows that are equal in these columns`,
        column: null,
      },
    };
  },
  'forward-fill'(rule: z.output<typeof forwardFill>, columns: readonly Column[]): TableRuleStep {
    const given = rule.columns.map((name) => find('forward-fill', columns, name));
    const by = rule.by.map((name) => find('forward-fill', columns, name));
    const order = rule.order.map((name) => find('forward-fill', columns, name));
    const clash = given.find(({ name }) => [...rule.by, ...rule.order].includes(name));
    if (clash) throw notFor('forward-fill', clash.name, 'it is filled, and also orders or groups the rows');
    const parts = by.length === 0 ? sql`` : sql`PARTITION BY ${join(by.map(({ name }) => id(name)))}`;
    const rows = rule.most === undefined ? sql`UNBOUNDED` : sql`${BigInt(rule.most)}`;
    const window = sql`(${parts} ORDER BY ${join([...order.map(({ name }) => id(name)), NTH])} ROWS BETWEEN ${rows} PRECEDING AND CURRENT ROW)`;
    return {
      about: given.map(({ name }) => name),
      cells: new Map(
        given.map(({ name, type }) => [
          name,
          { value: sql`last_value(${id(name)} IGNORE NULLS) OVER ${window}`, type },
        ]),
      ),
    };
  },
} as const;

function find(rule: string, columns: readonly Column[], name: string): Column {
  if (name === ROW_ID) throw notFor(rule, name, 'it is the identity of rows');
  return requireColumn(columns, name, `rule "${rule}"`);
}
