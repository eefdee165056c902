import { z } from 'zod';
import { allowRule } from './allow.js';
import { caseRule } from './case.js';
import type { RowRuleKind } from './contract.js';
import { datesRule } from './dates.js';
import { dropRule } from './drop.js';
import { fillByRule } from './fill-by.js';
import { fillRule } from './fill.js';
import { finiteRule } from './finite.js';
import { historyRule } from './history.js';
import { isolationRule } from './isolation.js';
import { iterativeRule } from './iterative.js';
import { mapRule } from './map.js';
import { spellingRule } from './nearest.js';
import { neighboursRule } from './neighbours.js';
import { numbersRule } from './numbers.js';
import { rangeRule } from './range.js';
import { renameRule } from './rename.js';
import { requireRule } from './require.js';
import { sparseRule } from './sparse.js';
import { trimRule } from './trim.js';
import { typeRule } from './type.js';
import { unicodeRule } from './unicode.js';
import { scaleRule, unitsRule } from './units.js';
import { markRule, whenRule } from './when.js';

/** All kinds of row rules, in the order of the documentation. */
export const ROW_RULES = [
  requireRule,
  sparseRule,
  dropRule,
  renameRule,
  trimRule,
  unicodeRule,
  caseRule,
  mapRule,
  spellingRule,
  typeRule,
  numbersRule,
  unitsRule,
  scaleRule,
  datesRule,
  rangeRule,
  finiteRule,
  allowRule,
  whenRule,
  markRule,
  fillRule,
  fillByRule,
  neighboursRule,
  iterativeRule,
  isolationRule,
  historyRule,
] as const;

/** Schemas of all kinds. */
export const ROW_RULE_SCHEMAS = [
  requireRule.schema,
  sparseRule.schema,
  dropRule.schema,
  renameRule.schema,
  trimRule.schema,
  unicodeRule.schema,
  caseRule.schema,
  mapRule.schema,
  spellingRule.schema,
  typeRule.schema,
  numbersRule.schema,
  unitsRule.schema,
  scaleRule.schema,
  datesRule.schema,
  rangeRule.schema,
  finiteRule.schema,
  allowRule.schema,
  whenRule.schema,
  markRule.schema,
  fillRule.schema,
  fillByRule.schema,
  neighboursRule.schema,
  iterativeRule.schema,
  isolationRule.schema,
  historyRule.schema,
] as const;

/** A rule that looks at one row and has learnt nothing. */
export const rowRule = z.discriminatedUnion('rule', ROW_RULE_SCHEMAS);
export type RowRule = z.output<typeof rowRule>;
/** A row rule as its author writes it. */
export type RowRuleInput = z.input<typeof rowRule>;

const byName = new Map<string, RowRuleKind>(ROW_RULES.map((kind) => [kind.schema.shape.rule.value, kind]));

/** The kind of a rule. */
export function kindOf(rule: RowRule): RowRuleKind {
  return byName.get(rule.rule)!;
}

/** Whether a rule of this name is a row rule. */
export function isRowRule(rule: { readonly rule: string }): rule is RowRule {
  return byName.has(rule.rule);
}
