import { id, ROW_ID } from '@trainyard/tables/sql';
import { foldSql } from '@trainyard/transforms';
import { z } from 'zod';
import { groupedSums, totalOf, type Group } from '../grouped-sums.js';
import { addSums, NO_SUMS, type Sums, type Target } from '../label.js';
import { encoderOf, type CategoryColumn } from './contract.js';
import { lookupTable, sayNumbers, type LookupTable } from './lookup.js';

/**
 * The label's mean among the rows that have the value, drawn towards that of all rows where these are few (D. Micci-Barreca, 2001).
 * For classes: the share of each, with two of them that of the second alone. Training rows get what the other folds gave, so that
 * no row knows its own label; all others get what all rows gave. Both stand in the one step.
 */
export const target = encoderOf({
  schema: z.strictObject({
    by: z.literal('target'),
    smooth: z
      .union([z.literal('auto'), z.number().min(0)])
      .default('auto')
      .describe(
        'how many rows the mean of all counts for; auto: by the variance within the value and in all (empirical Bayes)',
      ),
    folds: z.int().min(2).max(20).default(5).describe('parts of the training rows; each gets what the others gave'),
  }),
  needsLabel: true,
  features: false,
  async encode({ smooth, folds }, given) {
    const { column, lesson, kept } = given;
    const label = lesson.label!;
    const targets = label.classes?.length === 2 ? label.targets.slice(1) : label.targets;
    const known = lesson.columns.some(({ name }) => name === ROW_ID);
    const by = [id(column), ...(known ? [foldSql(lesson.seed, folds)] : [])];
    const groups = await groupedSums(lesson, by, targets);
    const tableOf = (some: readonly Group[]): LookupTable => tableFrom(some, given, targets, smooth);
    const all = tableOf(groups);
    const names = targets.map(({ name }) => `${name} by ${column}`);
    const tables = Array.from({ length: folds }, (_, fold) =>
      tableOf(groups.filter(({ by: [, one] }) => one !== fold)),
    );
    return {
      step: {
        kind: 'lookup',
        column,
        names,
        keys: kept,
        all,
        ...(known ? { folds: { seed: lesson.seed, tables } } : {}),
      },
      how: known ? `target, ${folds} folds` : 'target, without folds: the rows have no identity',
      learnt: `means of ${kept.length} values; of all rows ${sayNumbers(all.unknown)}`,
      ifMissing: sayNumbers(all.missing),
      ifUnknown: sayNumbers(all.unknown),
    };
  },
});

const NONE = '';

function tableFrom(
  groups: readonly Group[],
  given: CategoryColumn,
  targets: readonly Target[],
  smooth: 'auto' | number,
): LookupTable {
  const totals = totalOf(groups, targets);
  const sums = new Map<string, readonly Sums[]>();
  for (const {
    by: [value],
    sums: more,
  } of groups) {
    const key = value === null || value === undefined || Number.isNaN(value) ? NONE : `=${String(value)}`;
    sums.set(
      key,
      more.map((one, t) => addSums(sums.get(key)?.[t] ?? NO_SUMS, one)),
    );
  }
  const numbers = (key: string): number[] =>
    targets.map(({ valueOf }, t) => valueOf(drawn(sums.get(key)?.[t] ?? NO_SUMS, totals[t]!, smooth)) + 0);
  const unknown = targets.map(({ valueOf }, t) => valueOf(mean(totals[t]!)) + 0);
  return lookupTable(given, (value) => numbers(`=${value}`), sums.has(NONE) ? numbers(NONE) : unknown, unknown);
}

function mean({ n, s }: Sums): number {
  return n === 0 ? 0 : s / n;
}

function variance(sums: Sums): number {
  return sums.n === 0 ? 0 : Math.max(0, sums.q / sums.n - mean(sums) ** 2);
}

/** As in scikit-learn's TargetEncoder. */
function drawn(sums: Sums, all: Sums, smooth: 'auto' | number): number {
  if (sums.n === 0) return mean(all);
  if (smooth !== 'auto') return (sums.s + smooth * mean(all)) / (sums.n + smooth);
  const between = variance(all) * sums.n;
  const weight = between / (between + variance(sums));
  return Number.isNaN(weight) ? mean(all) : weight * mean(sums) + (1 - weight) * mean(all);
}
