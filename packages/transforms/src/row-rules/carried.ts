import { UserError } from '@trainyard/errors';
import { kindOf, rowRule, type RowRule } from './kinds.js';

/** The row rules of a table or a transform, from their JSON. Throws a UserError for what is none. */
export function parseRules(
  given: readonly unknown[],
  where: { readonly file?: string; readonly port?: string } = {},
): RowRule[] {
  return given.map((one, i) => {
    const parsed = rowRule.safeParse(one);
    if (parsed.success) return parsed.data;
    const name = (one as { rule?: unknown } | null)?.rule;
    throw new UserError(`a rule of cleaning is not valid: ${parsed.error.issues[0]?.message}`, {
      where: { ...where, field: `rules.${i}` },
      actual: String(name),
      remedy: 'make it again with this version, or open it with the version that made it',
    });
  });
}

/**
 * The columns of a table that hold something of other rows than their own, as the rules say that it carries; without those made of
 * rows that all have the row's own value in column `together`.
 */
export function columnsOfOthers(carried: readonly unknown[], together?: string): string[] {
  return parseRules(carried).flatMap((rule) => {
    const { columns = [], sharing = [] } = kindOf(rule).ofOthers?.(rule) ?? {};
    return together !== undefined && sharing.includes(together) ? [] : columns;
  });
}

/**
 * The rules that the rows of a table have still to go through, so that they are as those that a transform was fitted on.
 * `carried` are those that the table says its rows have gone through. Throws a UserError when these are others.
 */
export function restOfRules(rules: readonly RowRule[], carried: readonly unknown[], part: string): RowRule[] {
  // A transform of before there were any, or of a table that went through none, says nothing of what others go through.
  if (rules.length === 0) return [];
  const done = parseRules(carried, { port: part });
  const same =
    done.length <= rules.length && done.every((rule, i) => JSON.stringify(rule) === JSON.stringify(rules[i]));
  if (same) return rules.slice(done.length);
  const said = (list: readonly RowRule[]): string => list.map(({ rule }) => rule).join(', ') || 'none';
  throw new UserError(`the table "${part}" was cleaned by other rules than those that the transform was fitted after`, {
    where: { port: part },
    expected: `${said(rules)}, or the first of them: it is taken through the rest`,
    actual: said(done),
    remedy: 'clean the whole table before it is split, or every part by the same rules',
  });
}

/** The rules of a table that look at a row alone. */
export function withoutOthers<Rule>(carried: readonly Rule[]): Rule[] {
  const rules = parseRules(carried);
  return carried.filter((_, i) => kindOf(rules[i]!).ofOthers === undefined);
}
