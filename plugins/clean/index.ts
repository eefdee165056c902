export { applyFitted as apply, concat, fitCleaning as fit } from './contract.js';
export { table, type Cleaned, type CleanTable } from './table.js';
export type { CleanFigures, Rule, RuleInput } from './rules.js';
export type { FittedCleaning, LearningRule, LearningRuleInput } from './learnt/rules.js';
