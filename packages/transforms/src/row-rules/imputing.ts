import { id, sql, type Column } from '@trainyard/tables/sql';
import type { RuleColumns, RuleRow, TableStep } from './contract.js';
import { columnOf, notFor } from './fitting.js';
import { callModel, modelFunction, numbersOf } from './model-function.js';

/** A rule by which a model fills what is missing in columns of numbers. */
interface Imputing<Rule extends { readonly rule: string; readonly columns: readonly string[] }> {
  /** What decides what it gives, and nothing else. */
  model(rule: Rule): unknown;
  /** Why it is no model of so many columns; undefined where it is one. */
  misfit(rule: Rule, columns: number): string | undefined;
  /** The value of the column at a place, of the numbers of a row; null is missing. */
  impute(rule: Rule, cells: readonly (number | null)[], at: number): number;
}

/** What a rule does whose model fills missing cells, in SQL and in JavaScript. */
export function imputing<Rule extends { readonly rule: string; readonly columns: readonly string[] }>({
  model,
  misfit,
  impute,
}: Imputing<Rule>): {
  table(rule: Rule, columns: readonly Column[]): TableStep;
  row(rule: Rule): (row: RuleRow) => void;
  before(rule: Rule, after: RuleColumns): RuleColumns;
} {
  return {
    table(rule, columns) {
      const given = rule.columns.map((name): Column => columnOf(rule.rule, columns, name, ['number']));
      const why = misfit(rule, given.length);
      if (why !== undefined) throw notFor(rule.rule, rule.columns[0]!, why);
      const fill = modelFunction(rule.rule, model(rule), 'number', (cells, at) => impute(rule, cells, at));
      return {
        about: rule.columns,
        cells: new Map(
          given.map(({ name, type }, at) => [
            name,
            {
              value: sql`(CASE WHEN ${id(name)} IS NULL THEN ${callModel(fill, given, at)} ELSE ${id(name)} END)`,
              type,
            },
          ]),
        ),
        functions: [fill],
        travels: rule,
      };
    },
    row(rule) {
      return (row) => {
        const cells = numbersOf(row, rule.columns);
        cells.forEach((cell, at) => {
          if (cell === null) row[rule.columns[at]!] = impute(rule, cells, at);
        });
      };
    },
    before: (rule, after) => (rule.columns.some((name) => after.has(name)) ? withAll(rule.columns, after) : after),
  };
}

/** All columns of a model are asked for where one of them is. */
function withAll(names: readonly string[], after: RuleColumns): RuleColumns {
  const all = new Map(after);
  for (const name of names) if (!all.has(name)) all.set(name, 'number');
  return all;
}
