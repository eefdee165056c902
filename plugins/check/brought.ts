import type { DataContract, RuleKind } from '@trainyard/checks';
import { rulesOnHand } from '../kit/checks.js';

/** The kinds of rules of a contract that plugins bring. */
export function broughtKinds({ rules }: DataContract): Promise<ReadonlyMap<string, RuleKind>> {
  return rulesOnHand(rules.flatMap((rule) => (rule.rule === 'brought' ? [rule.kind] : [])));
}
