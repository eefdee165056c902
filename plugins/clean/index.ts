export { concat } from './contract.js';
export { table, type Cleaned, type CleanTable } from './table.js';
export type { CleanFigures, Rule, RuleInput } from './rules.js';
