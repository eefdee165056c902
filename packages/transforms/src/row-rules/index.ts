export { rowRule, isRowRule, ROW_RULES, ROW_RULE_SCHEMAS, type RowRule, type RowRuleInput } from './kinds.js';
export { applyRules, columnsBefore, exampleCells } from './apply.js';
export { columnsOfOthers, parseRules, withoutOthers, restOfRules } from './carried.js';
export {
  columnsAfter,
  rulesToSql,
  ruleStep,
  stepCells,
  travelling,
  type RefusedRows,
  type RulesSql,
} from './compile.js';
export { isolationScore } from './isolation.js';
export type { RowRuleKind, RuleCell, RuleColumns, RuleRow, TableStep } from './contract.js';
export { bindCondition, condition, type Condition } from './condition.js';
