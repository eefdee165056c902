import { z } from 'zod';
import { COLUMN_TYPES, id, sql } from '@trainyard/tables/sql';
import { bindCondition, cellOf, columnsOfCondition, condition, conditionOf, typesOf } from './condition.js';
import { rowRuleKind } from './contract.js';
import { columnFor, newColumn, notFor } from './fitting.js';
import { ruleValue } from './parameters.js';
import { constantOf } from './read-text.js';

/** What a condition is, in words: it holds others, which lists of parameters do not show. */
const CONDITION_SAID =
  '{ column, with one of is, in, above, atLeast, below, atMost }: a constant, for the last four also { column }; or { not }, { all: [] }, { any: [] } of such';

const columnTypes = z.record(z.string(), z.enum(COLUMN_TYPES)).optional();

/** A correction that looks at several columns of a row. */
export const whenRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('when'),
      if: condition.describe(CONDITION_SAID),
      column: z.string().describe('the column that is corrected'),
      set: z.union([ruleValue, z.null(), z.strictObject({ column: z.string() })]).optional(),
      otherwise: z.enum(['drop', 'stop']).optional().describe('in place of set: rows are dropped, or stop the run'),
      types: columnTypes.describe('types of the columns; found out when the rule is applied'),
    })
    .describe(
      'where a condition holds: another value, a missing one, or that of another column; or the row is dropped or stops the run',
    ),
  table({ types: _, ...rule }, columns) {
    const { name, type } = columnFor('when', columns, rule.column);
    const { sql: holds, bound } = bindCondition('when', rule.if, columns);
    if ((rule.set === undefined) === (rule.otherwise === undefined))
      throw notFor('when', name, 'it says neither set nor otherwise, or both', 'say one of them');
    const expected = `not: ${JSON.stringify(rule.if)}`;
    if (rule.otherwise === 'drop') return { about: [name], drop: { failing: holds, expected, column: name } };
    if (rule.set === undefined) return { about: [name], stop: { failing: holds, expected, column: name } };
    const { set } = rule;
    const types = typesOf([...columnsOfCondition(bound), name], columns);
    let value = sql`NULL`;
    let travelling: typeof set = set;
    if (typeof set === 'object' && set !== null) {
      const from = columnFor('when', columns, set.column);
      if (from.type !== type)
        throw notFor('when', name, `it holds ${type}, and column "${from.name}" holds ${from.type}`);
      value = id(from.name);
      types[from.name] = from.type;
    } else if (set !== null) {
      const constant = constantOf(type, set, (why) => notFor('when', name, why));
      value = constant.sql;
      travelling = constant.cell;
    }
    return {
      about: [name],
      cells: new Map([[name, { value: sql`(CASE WHEN ${holds} THEN ${value} ELSE ${id(name)} END)`, type }]]),
      travels: { ...rule, if: bound, set: travelling, types },
    };
  },
  row({ if: given, column, set }) {
    const holds = conditionOf(given);
    return (row) => {
      if (!holds(row)) return;
      row[column] = typeof set === 'object' && set !== null ? cellOf(row, set.column) : (set ?? null);
    };
  },
  before: (rule, after) => (after.has(rule.column) ? new Map([...after, ...Object.entries(rule.types ?? {})]) : after),
});

/** A new column that says whether a condition holds: outliers are flagged so. */
export const markRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('mark'),
      as: z.string().min(1),
      if: condition.describe(CONDITION_SAID),
      types: columnTypes,
    })
    .describe('a new boolean column that says where a condition holds'),
  table({ types: _, ...rule }, columns) {
    newColumn('mark', columns, rule.as);
    const { sql: holds, bound } = bindCondition('mark', rule.if, columns);
    return {
      about: [rule.as],
      cells: new Map([[rule.as, { value: holds, type: 'boolean' }]]),
      travels: { ...rule, if: bound, types: typesOf(columnsOfCondition(bound), columns) },
    };
  },
  row({ as, if: given }) {
    const holds = conditionOf(given);
    return (row) => {
      row[as] = holds(row);
    };
  },
  before(rule, after) {
    if (!after.has(rule.as)) return after;
    const others = [...after].filter(([name]) => name !== rule.as);
    return new Map([...others, ...Object.entries(rule.types ?? {})]);
  },
});
