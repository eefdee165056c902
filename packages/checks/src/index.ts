export { common, DidNotRun, ruleKind, type Check, type Checked, type RuleKind } from './rule-kind.js';
export { RULE_KINDS, rule, type Rule, type RuleInput } from './rules/index.js';
export { dataContract, rulesOf, rulesOfColumn, type ContractInput, type DataContract } from './contract.js';
export {
  checkFigures,
  checkFiguresOf,
  VERDICTS,
  type CheckFigures,
  type RuleFigures,
  type Verdict,
} from './figures.js';
