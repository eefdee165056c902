import { ruleKind, type RuleKind } from '@trainyard/checks';
import { asPart, type Part } from '../../core/part.js';
import { partsOnHand } from '../../core/provided-parts.js';

export * from '@trainyard/checks';

/** A kind of rule as a plugin brings it: exported from its entry `./parts`. */
export interface CheckRule extends Part<'check rule'>, RuleKind {}

const SORT = 'check rule';

/**
 * Brings a kind of rule: contracts name it by `{ rule: 'brought', kind: NAME, params }`. Its code is part of the key of
 * the nodes that ask for rules.
 */
export const checkRule = ((kind: Parameters<typeof ruleKind>[0]) =>
  asPart({ part: SORT, opens: 'rule', ...ruleKind(kind) } as unknown as CheckRule)) as unknown as (
  ...given: Parameters<typeof ruleKind>
) => CheckRule;

/** The kinds of rules of these names that plugins bring; those that nobody brings are not among them. */
export async function rulesOnHand(names: readonly string[]): Promise<ReadonlyMap<string, RuleKind>> {
  const found = await Promise.all(names.map(async (name) => [name, await partsOnHand()?.find(SORT, name)] as const));
  return new Map(found.flatMap(([name, part]) => (part === undefined ? [] : [[name, part as CheckRule] as const])));
}
