import { z } from 'zod';
import { id, join, sql, type Sql } from '@trainyard/tables/sql';
import { changed } from './changed.js';
import { cellOf, typesOf } from './condition.js';
import { rowRuleKind, type RuleCell } from './contract.js';
import { columnFor, notFor } from './fitting.js';
import { columnNames, ruleValue } from './parameters.js';
import { constantOf } from './read-text.js';
import { COLUMN_TYPES } from '@trainyard/tables/sql';

/** A constant for each group, in place of what is missing. What clean.fit makes of an imputation by group. */
export const fillByRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('fill-by'),
      column: z.string(),
      by: columnNames.describe('columns whose values make the group; missing is a group of its own'),
      groups: z.array(z.strictObject({ key: z.array(ruleValue.nullable()), value: ruleValue })),
      otherwise: ruleValue.optional().describe('for groups that are not listed; without it their cells stay missing'),
      types: z
        .record(z.string(), z.enum(COLUMN_TYPES))
        .optional()
        .describe('types of the columns; found out when the rule is applied'),
    })
    .describe('a constant for what is missing, by group'),
  table({ types: _, ...rule }, columns) {
    const column = columnFor('fill-by', columns, rule.column);
    const refuse = (why: string) => notFor('fill-by', column.name, why);
    const by = rule.by.map((name) => columnFor('fill-by', columns, name));
    const wrong = by.find(({ type }) => type === 'number');
    if (wrong) throw notFor('fill-by', wrong.name, 'it holds number, whose values make no groups');
    const groups = rule.groups.map(({ key, value }) => {
      if (key.length !== by.length) throw refuse(`a key has ${key.length} values for ${by.length} columns`);
      const keys = key.map((part, i) => (part === null ? null : constantOf(by[i]!.type, part, refuse)));
      return { keys, value: constantOf(column.type, value, refuse) };
    });
    const rest = rule.otherwise === undefined ? undefined : constantOf(column.type, rule.otherwise, refuse);
    const same = (keys: (typeof groups)[number]['keys']): Sql =>
      join(
        by.map(({ name }, i) => sql`${id(name)} IS NOT DISTINCT FROM ${keys[i]?.sql ?? sql`NULL`}`),
        ' AND ',
      );
    const cases = groups.map(({ keys, value }) => sql`WHEN ${same(keys)} THEN ${value.sql}`);
    const filled = cases.length
      ? sql`(CASE ${join(cases, ' ')} ELSE ${rest?.sql ?? sql`NULL`} END)`
      : (rest?.sql ?? sql`NULL`);
    return {
      ...changed([column], (cell) => sql`(CASE WHEN ${cell} IS NULL THEN ${filled} ELSE ${cell} END)`),
      travels: {
        ...rule,
        groups: groups.map(({ keys, value }) => ({ key: keys.map((part) => part?.cell ?? null), value: value.cell })),
        ...(rest ? { otherwise: rest.cell } : {}),
        types: typesOf([...rule.by, column.name], columns),
      },
    };
  },
  row({ column, by, groups, otherwise }) {
    const values = new Map<string, RuleCell>(groups.map(({ key, value }) => [JSON.stringify(key), value]));
    return (row) => {
      if (cellOf(row, column) !== null) return;
      const found = values.get(JSON.stringify(by.map((name) => cellOf(row, name))));
      row[column] = found ?? otherwise ?? null;
    };
  },
  before: (rule, after) => (after.has(rule.column) ? new Map([...after, ...Object.entries(rule.types ?? {})]) : after),
});
