import { parseRules } from './carried.js';
import type { InnerRules, RuleCell, RuleColumns, RuleRow } from './contract.js';
import { kindOf, type RowRule } from './kinds.js';

const compiled = new WeakMap<readonly RowRule[], readonly ((row: RuleRow) => void)[]>();

/**
 * A row as rules leave it, for rules as a table carries them. Pure; columns that no rule is about stay as they are, and
 * a column that is absent is missing. Rules that drop rows or check them mean nothing here. Throws a UserError for a cell that a
 * rule cannot read, where it does not say that such cells go missing.
 */
export function applyRules(
  rules: readonly RowRule[],
  row: Readonly<Record<string, RuleCell | undefined>>,
): Record<string, RuleCell | undefined> {
  if (rules.length === 0) return row;
  let steps = compiled.get(rules);
  if (!steps) {
    steps = rules.flatMap((rule) => kindOf(rule).row?.(rule, innerRules) ?? []);
    compiled.set(rules, steps);
  }
  const changing = { ...row };
  for (const step of steps) step(changing);
  return changing;
}

/** The columns that a row must bring, with their types, so that after the rules it has those that are wanted. */
export function columnsBefore(rules: readonly RowRule[], wanted: RuleColumns): RuleColumns {
  return rules.reduceRight((after, rule) => kindOf(rule).before?.(rule, after) ?? after, wanted);
}

/** What kinds do with rules inside of theirs. */
export const innerRules: InnerRules = {
  through: (given) => {
    const rules = parseRules(given);
    return (row) => applyRules(rules, row);
  },
  before: (given, wanted) => columnsBefore(parseRules(given), wanted),
};

/** Cells of columns that rules alone read, as a request may bring them. */
export function exampleCells(rules: readonly RowRule[]): RuleRow {
  return Object.assign({}, ...rules.map((rule) => kindOf(rule).example?.(rule) ?? {})) as RuleRow;
}
