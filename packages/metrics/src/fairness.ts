import { newcombe, type Interval, type Share } from './intervals.js';
import { normalQuantile } from './tails.js';

/** Of some rows: which are of the class in question, which were answered so, and which group each is in. */
export interface GroupedAnswers {
  /** 1 where the row is of the class, 1 where it was answered so. */
  readonly truth: ArrayLike<number>;
  readonly selected: ArrayLike<number>;
  readonly group: ArrayLike<number>;
  readonly groups: number;
}

/** Rates of one group; undefined where it has no rows to take them from. */
export interface GroupRates {
  readonly rows: number;
  /** Share of rows of the class, */
  readonly baseRate: number | undefined;
  /** and of those that were answered so. */
  readonly selectionRate: number | undefined;
  /** Of the rows of the class, the share that was answered so; and of the others. */
  readonly truePositiveRate: number | undefined;
  readonly falsePositiveRate: number | undefined;
  /** Of those that were answered so, the share that is of the class. */
  readonly precision: number | undefined;
  readonly accuracy: number | undefined;
  /** Rows that a rate is taken of: all, those of the class, the others, those that were answered so. */
  readonly of: { readonly all: number; readonly own: number; readonly others: number; readonly selected: number };
}

/** Rates of each group. `drawn` are the rows to look at, which may repeat. */
export function groupRates({ truth, selected, group, groups }: GroupedAnswers, drawn: ArrayLike<number>): GroupRates[] {
  // [truth, selected] by group.
  const counts = new Float64Array(groups * 4);
  for (let i = 0; i < drawn.length; i++) {
    const row = drawn[i]!;
    counts[group[row]! * 4 + truth[row]! * 2 + selected[row]!]!++;
  }
  const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);
  return Array.from({ length: groups }, (_, g): GroupRates => {
    const [rightNo, wrongYes, wrongNo, rightYes] = counts.subarray(g * 4, g * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const rows = rightNo + wrongYes + wrongNo + rightYes;
    return {
      rows,
      baseRate: share(wrongNo + rightYes, rows),
      selectionRate: share(wrongYes + rightYes, rows),
      truePositiveRate: share(rightYes, wrongNo + rightYes),
      falsePositiveRate: share(wrongYes, rightNo + wrongYes),
      precision: share(rightYes, wrongYes + rightYes),
      accuracy: share(rightNo + rightYes, rows),
      of: { all: rows, own: wrongNo + rightYes, others: rightNo + wrongYes, selected: wrongYes + rightYes },
    };
  });
}

/** How far apart groups are: the largest rate less the smallest. Those without a rate are left out; undefined for fewer than two. */
export function gapOf(rates: readonly (number | undefined)[]): number | undefined {
  const known = rates.filter((rate) => rate !== undefined);
  return known.length < 2 ? undefined : Math.max(...known) - Math.min(...known);
}

/** The smallest rate divided by the largest; undefined where that is 0, or there are fewer than two. */
export function ratioOf(rates: readonly (number | undefined)[]): number | undefined {
  const known = rates.filter((rate) => rate !== undefined);
  const most = Math.max(...known);
  return known.length < 2 || most === 0 ? undefined : Math.min(...known) / most;
}

/** Ways to say that groups are treated alike, each as a distance that is 0 where they are. */
export const FAIRNESS_GAPS = {
  /** Demographic parity: all groups are selected alike. */
  selectionRate: (rates: readonly GroupRates[]) => gapOf(rates.map((one) => one.selectionRate)),
  /** Equal opportunity (Hardt, Price and Srebro 2016): of those who are of the class, all groups are selected alike, */
  equalOpportunity: (rates: readonly GroupRates[]) => gapOf(rates.map((one) => one.truePositiveRate)),
  /** and equalised odds: of those who are not as well; the larger of both distances. */
  equalisedOdds: (rates: readonly GroupRates[]) => {
    const [own, other] = [
      gapOf(rates.map((one) => one.truePositiveRate)),
      gapOf(rates.map((one) => one.falsePositiveRate)),
    ];
    return own === undefined || other === undefined ? undefined : Math.max(own, other);
  },
  /** Predictive parity: being selected means the same in all groups. */
  predictiveParity: (rates: readonly GroupRates[]) => gapOf(rates.map((one) => one.precision)),
} as const;

export type FairnessGap = keyof typeof FAIRNESS_GAPS;

type Counted = readonly [rate: 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate' | 'precision', of: keyof GroupRates['of']]; // prettier-ignore

/** The rates that a distance is made of, with the rows that they are taken of. */
const COUNTED: Readonly<Record<FairnessGap, readonly Counted[]>> = {
  selectionRate: [['selectionRate', 'all']],
  equalOpportunity: [['truePositiveRate', 'own']],
  equalisedOdds: [
    ['truePositiveRate', 'own'],
    ['falsePositiveRate', 'others'],
  ],
  predictiveParity: [['precision', 'selected']],
};

/** The fewest rows that a rate of this distance is taken of. */
export const leastOf = (gap: FairnessGap, { of }: GroupRates): number =>
  Math.min(...COUNTED[gap].map(([, rows]) => of[rows]));

/** Differences of two groups that a distance is the largest of. */
export const pairsOf = (gap: FairnessGap, groups: number): number => (COUNTED[gap].length * groups * (groups - 1)) / 2;

/**
 * 95 % interval of a distance between groups from the differences of all pairs of them (Newcombe's interval of each). Its lower end is
 * corrected for `looks` differences (Bonferroni), since the largest of many is large by chance; its upper end needs none, since all must
 * keep to it. Draws of rows (`bootstrap`) cannot judge a distance: the maximum of a draw lies above the maximum of the rows.
 * A group whose rate is taken of fewer than `least` rows may be anywhere: the upper end is 1. Undefined for fewer than two groups.
 */
export function gapInterval(
  gap: FairnessGap,
  groups: readonly GroupRates[],
  { least, looks }: { readonly least: number; readonly looks: number },
): Interval | undefined {
  if (groups.length < 2) return undefined;
  const [wide, usual] = [normalQuantile(0.025 / Math.max(1, looks)), normalQuantile(0.025)];
  let low = 0;
  let high = groups.some((one) => leastOf(gap, one) < least) ? 1 : 0;
  for (const [rate, rows] of COUNTED[gap]) {
    const shares = groups.flatMap((one): Share[] =>
      one.of[rows] < least ? [] : [{ successes: Math.round(one[rate]! * one.of[rows]), trials: one.of[rows] }],
    );
    shares.forEach((one, i) => {
      for (const other of shares.slice(i + 1)) {
        const [from, to] = newcombe(one, other, wide);
        low = Math.max(low, from, -to);
        const [below, above] = newcombe(one, other, usual);
        high = Math.max(high, above, -below);
      }
    });
  }
  return [low, high];
}
