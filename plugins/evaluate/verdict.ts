import { shortName, type Figure } from '@trainyard/metrics';
import type { Comparison } from './comparison.js';
import { sayFigure } from '@trainyard/pages';

export interface Rule {
  readonly figure: Figure;
  readonly rule: 'better' | 'not worse';
  /** Of this comparison alone. */
  readonly alpha: number;
  /** Fewest rows of a set that may decide. */
  readonly least: number;
}

export interface Verdict {
  readonly verdict: 'promote' | 'keep';
  /** Whether the rows say so for good. */
  readonly decided: boolean;
  readonly reasons: string[];
}

const ROWS = { fresh: 'fresh rows', test: 'sealed test rows' } as const;
const SETS = { fresh: 'the fresh rows', test: 'the sealed test rows' } as const;

/**
 * Whether the challenger takes the champion's place. Not worse: on every set the lower limit of the difference lies
 * above −margin (a non-inferiority test). Better, on the fresh rows, else on the test rows: by a share of right answers
 * McNemar's exact test finds a difference in its favour, by another figure the interval of the difference lies above 0.
 * The champion is kept for good where on some set the whole interval lies below −margin, or, by the rule better, on the
 * deciding set not above 0; else, and on fewer rows than may decide, it is kept because these rows cannot tell.
 */
export function judge(sets: readonly Comparison[], rule: Rule): Verdict {
  if (sets.every((set) => set.champion === null))
    return { verdict: 'promote', decided: true, reasons: ['There is no champion to compare with.'] };
  const few = sets.filter((set) => set.n < rule.least);
  if (few.length > 0)
    return {
      verdict: 'keep',
      decided: false,
      reasons: few.map((set) => `${set.n} ${ROWS[set.rows]} are fewer than the ${rule.least} that may decide.`),
    };
  const worse = sets.filter((set) => set.interval![0] < -set.margin!);
  if (worse.length > 0)
    return {
      verdict: 'keep',
      decided: worse.some(isWorse),
      reasons: worse.map(
        (set) =>
          `${sayDifference(set, rule)}, so it ${isWorse(set) ? 'is' : 'may be'} worse by more than the margin of ${sayFigure(set.margin)}.`,
      ),
    };
  const notWorse = sets.map(
    (set) => `${sayDifference(set, rule)}, so it is not worse by more than ${sayFigure(set.margin)}.`,
  );
  if (rule.rule === 'not worse') return { verdict: 'promote', decided: true, reasons: notWorse };
  const deciding = sets.find((set) => set.rows === 'fresh') ?? sets[0]!;
  return isBetter(deciding, rule)
    ? {
        verdict: 'promote',
        decided: true,
        reasons: [`On ${SETS[deciding.rows]} it is better, beyond chance: ${sayProof(deciding, rule)}.`, ...notWorse],
      }
    : {
        verdict: 'keep',
        decided: deciding.interval![1] <= 0,
        reasons: [
          `On ${SETS[deciding.rows]} it is not better beyond chance: ${sayProof(deciding, rule)}.`,
          ...notWorse,
        ],
      };
}

/** Why an earlier comparison of the pair did not decide: what stands before the reasons of the one after it. */
export function sayBefore({ reasons }: Pick<Verdict, 'reasons'>): string[] {
  return reasons.map((reason) => `Before this, without a decision: ${reason}`);
}

function isWorse({ interval, margin }: Comparison): boolean {
  return interval![1] < -margin!;
}

/** McNemar's test decides about a share of right answers. */
const isShare = (figure: Figure): boolean => figure.interval === 'share';

function isBetter(set: Comparison, { figure, alpha }: Rule): boolean {
  return isShare(figure) ? set.difference! > 0 && set.p! <= alpha : set.interval![0] > 0;
}

function sayDifference(set: Comparison, { figure }: Rule): string {
  const metric = shortName(figure.name);
  const [low, high] = set.interval!;
  const figures = `${sayFigure(set.challenger[metric])} against ${sayFigure(set.champion![metric])}`;
  return `On ${SETS[set.rows]} (${set.n}) its ${figure.title} is ${figures} (difference in its favour ${sayFigure(set.difference)}, interval ${sayFigure(low)} to ${sayFigure(high)})`;
}

function sayProof(set: Comparison, { figure, alpha }: Rule): string {
  if (isShare(figure))
    return `of the rows that only one of them gets right, ${set.onlyChallenger} are the challenger's and ${set.onlyChampion} the champion's (p = ${sayFigure(set.p)}, limit ${alpha})`;
  return `the interval of the difference in ${figure.title} ${set.interval![0] > 0 ? 'lies above 0' : 'holds 0, or lies below it'}`;
}
