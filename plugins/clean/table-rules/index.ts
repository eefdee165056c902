import { isRowRule } from '@trainyard/transforms';
import type { Rule } from '../rules.js';
import type { Asked, TableRuleStep } from './contract.js';
import { duplicatesStep } from './duplicates.js';
import { forwardFillStep } from './forward-fill.js';
import { similarPicturesStep, similarTextsStep } from './similar.js';

export type { TableRuleStep } from './contract.js';

/** What rules do that look at several rows of a table, by name. */
const STEPS = {
  duplicates: duplicatesStep,
  'similar-texts': similarTextsStep,
  'similar-pictures': similarPicturesStep,
  'forward-fill': forwardFillStep,
} as const;

/** A rule that looks at several rows of a table. */
export type TableRule = Extract<Rule, { readonly rule: keyof typeof STEPS }>;

export function isTableRule(rule: Rule): rule is TableRule {
  return !isRowRule(rule);
}

/** What such a rule does to the table that it is asked of. Throws a UserError where it does not fit. */
export function tableRuleStep(rule: TableRule, asked: Asked): TableRuleStep {
  const step = STEPS[rule.rule] as (rule: TableRule, asked: Asked) => TableRuleStep;
  return step(rule, asked);
}
