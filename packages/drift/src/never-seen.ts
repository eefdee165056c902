import { chiSquaredTail, logGamma } from '@trainyard/numeric';
import type { TestResult } from './kolmogorov-smirnov.js';

/** Beyond so many rows the exact sum takes long, and the normal distribution is as good. */
const EXACT_ROWS = 2000;
/** Values that are expected to be among the window's alone less often than this add nothing. */
const NEGLIGIBLE = 1e-15;

/**
 * Whether a window has more rows with values that the reference has not than chance gives: `statistic` counts them. If both are draws of
 * one distribution, each way to deal the rows to the two is equally likely, so a value that c of all rows have is in the window alone
 * with the chance of a hypergeometric draw; the sum over all values is taken as one of independent draws, whose tail is no
 * lighter (Joag-Dev & Proschan 1983: draws without replacement are negatively associated). A column in which each row has a value of its own
 * has none that is unusual, and a hundred towns that are all renamed have.
 */
export function neverSeen(reference: readonly number[], window: readonly number[]): TestResult {
  const [n, m] = [sum(reference), sum(window)];
  const statistic = sum(window.filter((_, i) => reference[i] === 0));
  if (statistic === 0 || n === 0) return { statistic, p: 1 };
  const groups = new Map<number, number>();
  window.forEach((count, i) => {
    const total = count + reference[i]!;
    if (total > 0) groups.set(total, (groups.get(total) ?? 0) + 1);
  });
  const draws = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([total, values]) => ({ total, values, chance: aloneChance(total, m, n + m) }))
    .filter(({ values, chance }) => values * chance > NEGLIGIBLE);
  return { statistic, p: statistic > EXACT_ROWS ? normally(draws, statistic) : exactly(draws, statistic) };
}

interface Draw {
  /** Rows of both that a value has, how many values have so many, and the chance of one of them to be in the window alone. */
  readonly total: number;
  readonly values: number;
  readonly chance: number;
}

/** C(m, c) / C(N, c). */
function aloneChance(c: number, m: number, all: number): number {
  if (c > m) return 0;
  const logChoose = (of: number): number => logGamma(of + 1) - logGamma(of - c + 1);
  return Math.min(1, Math.exp(logChoose(m) - logChoose(all)));
}

function exactly(draws: readonly Draw[], rows: number): number {
  // chances[r]: of r rows so far; what has reached `rows` stays out, and is the rest of 1.
  let chances = Float64Array.of(1, ...new Float64Array(rows - 1));
  let reached = 0;
  for (const { total, values, chance } of draws) {
    const next = new Float64Array(rows);
    const most = Math.min(values, Math.ceil(rows / total));
    let left = 1;
    for (let k = 0; k <= most; k++) {
      // The last one stands for itself and all larger ones.
      const weight = k === most ? left : binomial(values, k, chance);
      left = Math.max(0, left - weight);
      if (weight === 0) continue;
      const added = k * total;
      for (let r = 0; r < rows; r++) {
        if (chances[r] === 0) continue;
        if (r + added < rows) next[r + added]! += chances[r]! * weight;
        else reached += chances[r]! * weight;
      }
    }
    chances = next;
  }
  return Math.min(1, reached);
}

function binomial(n: number, k: number, p: number): number {
  if (p >= 1) return k === n ? 1 : 0;
  return Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

function normally(draws: readonly Draw[], rows: number): number {
  const mean = draws.reduce((all, { total, values, chance }) => all + total * values * chance, 0);
  const variance = draws.reduce(
    (all, { total, values, chance }) => all + total ** 2 * values * chance * (1 - chance),
    0,
  );
  const gap = rows - 0.5 - mean;
  if (gap <= 0) return 1;
  return variance > 0 ? chiSquaredTail(gap ** 2 / variance, 1) / 2 : 0;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
