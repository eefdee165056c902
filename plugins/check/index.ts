export { moment, schema } from './contract.js';
export { contract, type Contract, type RowOfContract } from './author.js';
export { table, type CheckArguments } from './table.js';
export type { CheckFigures, RuleInput, Verdict } from '@trainyard/checks';
