import type { ArmTotals, OutcomeTotals } from './contract.js';

/** Totals of these values; those that are null have no outcome yet. */
export function outcomeTotalsOf(values: Iterable<number | null>): OutcomeTotals {
  let [n, mean, spread] = [0, 0, 0];
  for (const value of values) {
    if (value === null) continue;
    n++;
    const from = value - mean;
    mean += from / n;
    spread += from * (value - mean);
  }
  return { n, mean, spread };
}

/** Totals of both (T. F. Chan, G. H. Golub and R. J. LeVeque 1983): so windows of rows are added up. */
export function joinOutcomes(one: OutcomeTotals, other: OutcomeTotals): OutcomeTotals {
  const n = one.n + other.n;
  if (n === 0) return one;
  const apart = other.mean - one.mean;
  return {
    n,
    mean: one.mean + (apart * other.n) / n,
    spread: one.spread + other.spread + (apart * apart * one.n * other.n) / n,
  };
}

/** All rows of an arm, from those before and those that came. */
export function joinArms(one: ArmTotals, other: ArmTotals): ArmTotals {
  const names = [...new Set([...Object.keys(one.outcomes), ...Object.keys(other.outcomes)])];
  const none: OutcomeTotals = { n: 0, mean: 0, spread: 0 };
  return {
    rows: one.rows + other.rows,
    outcomes: Object.fromEntries(
      names.map((name) => [name, joinOutcomes(one.outcomes[name] ?? none, other.outcomes[name] ?? none)]),
    ),
  };
}
