import { z } from 'zod';
import { COLUMN_TYPES } from '@trainyard/tables/sql';
import { typesOf } from './condition.js';
import { rowRuleKind } from './contract.js';
import { newColumn, notFor, numericColumn } from './fitting.js';
import { callModel, modelFunction, numbersOf, usable } from './model-function.js';
import { columnNames } from './parameters.js';

const schema = z
  .strictObject({
    rule: z.literal('isolation'),
    columns: columnNames,
    as: z
      .string()
      .min(1)
      .optional()
      .describe('a new column that says which rows are outliers; without it they are dropped'),
    fills: z.array(z.number()).describe('what stands in for a missing value, by column'),
    rows: z.int().min(2).describe('rows that each tree was grown on'),
    threshold: z.number().describe('rows with a higher score are outliers'),
    trees: z.array(z.array(z.number())).min(1),
    types: z
      .record(z.string(), z.enum(COLUMN_TYPES))
      .optional()
      .describe('types of the columns; found out when the rule is applied'),
  })
  .describe('rows that few random cuts part from the others are outliers: marked in a new column, or dropped');
type IsolationRule = z.output<typeof schema>;

/** The mean length of an unsuccessful search in a binary search tree of so many rows: c(n) of Liu and others. */
export function meanPath(rows: number): number {
  if (rows <= 1) return 0;
  if (rows === 2) return 1;
  return 2 * (Math.log(rows - 1) + 0.5772156649015329) - (2 * (rows - 1)) / rows;
}

/**
 * How easily a row is parted from the others, from 0 to 1 (isolation forest: Liu, Ting and Zhou 2008). A tree is a list of numbers: a
 * node is its column, its cut and where its right side begins, its left side follows; a leaf is -1 and its rows.
 */
export function isolationScore(
  { fills, trees, rows }: Pick<IsolationRule, 'fills' | 'trees' | 'rows'>,
  cells: readonly (number | null)[],
): number {
  let sum = 0;
  for (const tree of trees) {
    let [at, depth] = [0, 0];
    while (tree[at]! >= 0) {
      const column = tree[at]!;
      at = (usable(cells[column]) ?? fills[column]!) <= tree[at + 1]! ? at + 3 : tree[at + 2]!;
      depth++;
    }
    sum += depth + meanPath(tree[at + 1]!);
  }
  return 2 ** (-sum / trees.length / meanPath(rows));
}

export const isolationRule = rowRuleKind({
  schema,
  table({ types: _, ...rule }, columns) {
    const given = rule.columns.map((name) => numericColumn('isolation', columns, name));
    if (rule.fills.length !== given.length)
      throw notFor('isolation', rule.columns[0]!, `its trees are not of ${given.length} columns`);
    const model = { fills: rule.fills, trees: rule.trees, rows: rule.rows };
    const { threshold } = rule;
    const judge = modelFunction(
      'isolation',
      { ...model, threshold },
      'boolean',
      (cells) => isolationScore(model, cells) > threshold,
    );
    const call = callModel(judge, given, 0);
    if (rule.as === undefined)
      return {
        about: rule.columns,
        drop: { failing: call, expected: `an isolation score of at most ${threshold}`, column: null },
        functions: [judge],
      };
    newColumn('isolation', columns, rule.as);
    return {
      about: [rule.as],
      cells: new Map([[rule.as, { value: call, type: 'boolean' as const }]]),
      functions: [judge],
      travels: { ...rule, types: typesOf(rule.columns, columns) },
    };
  },
  row(rule) {
    return (row) => {
      if (rule.as !== undefined) row[rule.as] = isolationScore(rule, numbersOf(row, rule.columns)) > rule.threshold;
    };
  },
  before(rule, after) {
    if (rule.as === undefined || !after.has(rule.as)) return after;
    const others = [...after].filter(([name]) => name !== rule.as);
    return new Map([...others, ...Object.entries(rule.types ?? {})]);
  },
});
