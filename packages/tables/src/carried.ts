import { UserError } from '@trainyard/errors';

/**
 * A rule that the rows of a table have been taken through, as JSON. What it means is not known here: whoever cleans tables
 * writes it down, and whoever serves a model trained on the table applies it to requests.
 */
export interface CarriedRule {
  readonly rule: string;
  readonly [parameter: string]: JsonValue;
}
type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** The rules that a table artifact carries, in the order in which they were applied; none for a table of before them. */
export function carriedRules(artifact: { readonly value?: unknown }): readonly CarriedRule[] {
  const value = artifact.value as { readonly rules?: readonly CarriedRule[] } | null | undefined;
  return Array.isArray(value?.rules) ? value.rules : [];
}

/** The rules that all of some tables carry. Throws a UserError when they carry different ones. */
export function commonRules(carried: readonly (readonly CarriedRule[])[]): readonly CarriedRule[] {
  const [first = [], ...others] = carried;
  const text = JSON.stringify(first);
  const other = others.find((rules) => JSON.stringify(rules) !== text);
  if (!other) return first;
  const said = (rules: readonly CarriedRule[]): string => rules.map(({ rule }) => rule).join(', ') || 'none';
  throw new UserError('the tables that a table is made of were cleaned by different rules', {
    where: { port: 'table' },
    expected: `the same rules: ${said(first)}`,
    actual: said(other),
    remedy:
      'clean them by the same rules, or put them together by clean.concat, which takes each through the rules that it lacks; a node can say which ones hold: writeTable(…, { rules })',
  });
}
