import { z } from 'zod';
import { id, join, sql } from '@trainyard/tables/sql';
import { changed } from './changed.js';
import { rowRuleKind } from './contract.js';
import { columnFor, notFor } from './fitting.js';
import { judged } from './judged.js';
import { otherwise, ruleValue } from './parameters.js';
import { constantOf } from './read-text.js';

export const allowRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('allow'),
      column: z.string(),
      values: z.array(ruleValue).min(1),
      otherwise: otherwise.default('stop'),
    })
    .describe('only these values'),
  table(rule, columns) {
    const column = columnFor('allow', columns, rule.column);
    const { name, type } = column;
    const values = rule.values.map((value) => constantOf(type, value, (why) => notFor('allow', name, why)));
    const cell = id(name);
    const failing = sql`(${cell} IS NOT NULL AND ${cell} NOT IN (${join(values.map((value) => value.sql))}))`;
    const said = values.slice(0, 12).map((value) => JSON.stringify(value.cell));
    const expected = `one of ${said.join(', ')}${values.length > said.length ? ', …' : ''}`;
    if (rule.otherwise !== 'missing') return judged(name, failing, rule.otherwise, expected);
    return {
      ...changed([column], () => sql`(CASE WHEN ${failing} THEN NULL ELSE ${cell} END)`),
      travels: { ...rule, values: values.map((value) => value.cell) },
    };
  },
  row(rule) {
    const values = new Set<unknown>(rule.values);
    return (row) => {
      if (Object.hasOwn(row, rule.column) && !values.has(row[rule.column])) row[rule.column] = null;
    };
  },
});
