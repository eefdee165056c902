import { nextUp } from '@trainyard/numeric';
import { chiSquared } from './chi-squared.js';
import { jensenShannon, populationStability, totalVariation } from './distances.js';
import { benjaminiHochberg } from './false-discovery.js';
import { neverSeen } from './never-seen.js';
import { rankSum } from './rank-sum.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import type { ColumnProfile, Profile } from './profile.js';

export interface DriftOptions {
  /** Chance of any finding in a window from the same distribution as the reference. Default 0.05. */
  readonly alpha?: number;
  /** Least effect that counts, from 0 to 1: the largest difference in the share of rows. Default 0.1. */
  readonly minEffect?: number;
}

/** One test of one column. */
export interface ColumnDrift {
  readonly column: string;
  /** Whether the values are compared, or how many are missing. */
  readonly of: 'values' | 'missing';
  /** The one that says most against equal distributions. */
  readonly test: 'Kolmogorov-Smirnov' | 'rank sum' | 'chi-squared' | 'never seen';
  readonly statistic: number;
  /** Of two tests together, where there are two. */
  readonly p: number;
  /** Corrected for the number of tests. */
  readonly corrected: number;
  /**
   * How much: the largest difference in the share of rows, from 0 to 1. Of numbers over all thresholds (the
   * Kolmogorov-Smirnov statistic), of categories over all sets of them (total variation).
   */
  readonly effect: number;
  /** Population stability index, in nats, over ten parts of the reference or its categories. */
  readonly psi: number;
  /** Jensen-Shannon distance over the same parts. */
  readonly jensenShannon: number;
  /** Both: evidence and size. */
  readonly drifted: boolean;
  /** The finding in words. */
  readonly says: string;
}

export interface DriftReport {
  readonly rows: number;
  readonly referenceRows: number;
  readonly alpha: number;
  readonly minEffect: number;
  readonly drifted: boolean;
  /** Drifted ones first, then by effect. */
  readonly columns: readonly ColumnDrift[];
}

type Raw = Omit<ColumnDrift, 'corrected' | 'drifted'>;

/**
 * Compares a window with a reference, column by column. A finding needs evidence, a p-value corrected for the number
 * of tests by Benjamini and Hochberg, and size, an effect of at least `minEffect`: evidence alone alarms at any
 * difference once rows are many, size alone at noise while they are few. Columns that only one side has are left out; of
 * a column whose profile keeps no values, only what is missing is compared.
 */
export function compareProfiles(reference: Profile, window: Profile, options: DriftOptions = {}): DriftReport {
  const { alpha = 0.05, minEffect = 0.1 } = options;
  const raw = reference.columns.flatMap((before): Raw[] => {
    const after = window.columns.find(({ name, type }) => name === before.name && type === before.type);
    return after ? [...valueTest(before, after), ...missingTest(before, after)] : [];
  });
  const corrected = benjaminiHochberg(raw.map(({ p }) => p));
  const columns = raw.map((test, i): ColumnDrift => {
    const drifted = corrected[i]! <= alpha && test.effect >= minEffect;
    return { ...test, corrected: corrected[i]!, drifted };
  });
  columns.sort(
    (a, b) => Number(b.drifted) - Number(a.drifted) || b.effect - a.effect || (a.column < b.column ? -1 : 1),
  );
  const drifted = columns.some((test) => test.drifted);
  return { rows: window.rows, referenceRows: reference.rows, alpha, minEffect, drifted, columns };
}

function valueTest(before: ColumnProfile, after: ColumnProfile): Raw[] {
  if (before.present === 0 || after.present === 0 || !keptOf(before) || !keptOf(after)) return [];
  if (before.type === 'number' && after.type === 'number') return [numberTest(before, after)];
  if (before.type === 'text' && after.type === 'text') return [textTest(before, after)];
  return [];
}

/** Whether a profile holds values of a column, and not only how many rows have one. */
function keptOf(column: ColumnProfile): boolean {
  return column.type === 'number' ? column.values.length > 0 : Object.keys(column.counts).length > 0;
}

type Numbers = Extract<ColumnProfile, { type: 'number' }>;
type Texts = Extract<ColumnProfile, { type: 'text' }>;

function numberTest(before: Numbers, after: Numbers): Raw {
  const moved = kolmogorovSmirnov(before.values, after.values);
  const enough = Math.min(before.values.length, after.values.length) >= LEAST_RANKED;
  const tested = together([
    { test: 'Kolmogorov-Smirnov', weight: 1, ...moved },
    ...(enough ? [{ test: 'rank sum' as const, weight: 1, ...rankSum(before.values, after.values) }] : []),
  ]);
  const edges = deciles(before.values);
  const [a, b] = [inParts(before.values, edges), inParts(after.values, edges)];
  return {
    column: before.name,
    of: 'values',
    ...tested,
    effect: moved.statistic,
    psi: populationStability(a, b, 0.5),
    jensenShannon: jensenShannon(a, b),
    says: `${before.name}: median ${round(median(before.values))} was, ${round(median(after.values))} is; ${percent(moved.statistic)} of the rows lie elsewhere`,
  };
}

function textTest(before: Texts, after: Texts): Raw {
  const names = [...new Set([...Object.keys(before.counts), ...Object.keys(after.counts)])].sort();
  const a = names.map((name) => before.counts[name] ?? 0);
  const b = names.map((name) => after.counts[name] ?? 0);
  const [pooledA, pooledB] = poolRare(a, b);
  const fresh = names.filter((_, i) => a[i] === 0);
  const tested = together([
    { test: 'chi-squared', weight: 4, ...chiSquared(pooledA, pooledB) },
    // Values that are rare on both sides are one to the test above, old ones and new ones alike.
    ...(fresh.length > 0 ? [{ test: 'never seen' as const, weight: 1, ...neverSeen(a, b) }] : []),
  ]);
  const effect = totalVariation(a, b);
  const most = names
    .map((name, i) => ({ name, gap: b[i]! / after.present - a[i]! / before.present }))
    .sort((x, y) => Math.abs(y.gap) - Math.abs(x.gap))[0];
  const added =
    fresh.length > 0 ? `; never seen before: ${fresh.slice(0, 5).join(', ')}${fresh.length > 5 ? ', …' : ''}` : '';
  return {
    column: before.name,
    of: 'values',
    ...tested,
    effect,
    psi: populationStability(a, b, 0.5),
    jensenShannon: jensenShannon(a, b),
    says: `${before.name}: ${percent(effect)} of the rows lie elsewhere${most ? `, most at "${most.name}" (${most.gap > 0 ? '+' : ''}${percent(most.gap)})` : ''}${added}`,
  };
}

/** Fewer values on a side, and the normal distribution is no good approximation of ranks. */
const LEAST_RANKED = 20;

type Tested = Pick<ColumnDrift, 'test' | 'statistic' | 'p'>;

/**
 * Several tests of one question as one, by their weights: Cauchy's combination (Liu & Xie 2020, JASA 115), whose small p-values hold
 * however the tests depend on each other, and which costs nothing where they agree. Named after the one that says most.
 */
function together(tests: readonly (Tested & { readonly weight: number })[]): Tested {
  const first = tests.reduce((most, other) => (other.p < most.p ? other : most));
  const { test, statistic } = first;
  if (first.p === 0 || first.p >= SURE || tests.length === 1) return { test, statistic, p: first.p };
  const all = tests.reduce((total, { weight }) => total + weight, 0);
  const sum = tests.reduce((total, { p, weight }) => total + weight / all / Math.tan(Math.PI * Math.min(p, SURE)), 0);
  return { test, statistic, p: Math.atan2(1, sum) / Math.PI };
}

/** A p-value of 1, as discrete tests give it, would outweigh whatever the others say. */
const SURE = 0.99;

function missingTest(before: ColumnProfile, after: ColumnProfile): Raw[] {
  if ((before.missing === 0 && after.missing === 0) || before.missing + before.present === 0) return [];
  if (after.missing + after.present === 0) return [];
  const [a, b] = [
    [before.missing, before.present],
    [after.missing, after.present],
  ] as const;
  const { statistic, p } = chiSquared(a, b);
  const share = ({ missing, present }: ColumnProfile): number => missing / (missing + present);
  return [
    {
      column: before.name,
      of: 'missing',
      test: 'chi-squared',
      statistic,
      p,
      effect: totalVariation(a, b),
      psi: populationStability(a, b, 0.5),
      jensenShannon: jensenShannon(a, b),
      says: `${before.name}: missing in ${percent(share(before))} of the rows before, in ${percent(share(after))} now`,
    },
  ];
}

/** Puts the categories expected fewer than five times on either side into one: the test's distribution needs that many. */
function poolRare(a: readonly number[], b: readonly number[]): [number[], number[]] {
  const [sumA, sumB] = [a, b].map((counts) => counts.reduce((sum, count) => sum + count, 0)) as [number, number];
  const least = Math.min(sumA, sumB) / (sumA + sumB);
  const rare = a.map((count, i) => (count + b[i]!) * least < 5);
  const pooled = (counts: readonly number[]): number[] => [
    ...counts.filter((_, i) => !rare[i]),
    counts.reduce((sum, count, i) => (rare[i] ? sum + count : sum), 0),
  ];
  return [pooled(a), pooled(b)];
}

/**
 * Nine values that part the reference into ten; fewer where values repeat, and then a part of its own for a value that fills
 * one: what is larger than a constant is elsewhere.
 */
function deciles(sorted: readonly number[]): number[] {
  const cuts = Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)]!);
  return cuts.flatMap((cut, i) => (cut === cuts[i + 1] ? [] : cut === cuts[i - 1] ? [cut, nextUp(cut)] : [cut]));
}

function inParts(sorted: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  let part = 0;
  for (const value of sorted) {
    while (part < edges.length && value >= edges[part]!) part++;
    counts[part]!++;
  }
  return counts;
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.5)]! + sorted[Math.floor(middle)]!) / 2;
}

const round = (x: number): number => Number(x.toPrecision(4));
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
