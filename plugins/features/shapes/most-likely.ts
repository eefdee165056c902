import { sql, type Sql } from '@trainyard/tables/sql';
import { raisedSql, raiser } from '@trainyard/transforms';
import type { NumberColumn } from './contract.js';

/** λ is looked for from here to its negative. */
const FURTHEST = 5;
/** Steps between three places, each around the top of the parabola through those before. */
const STEPS = [1 / 4, 1 / 16, 1 / 128, 1 / 512];

/**
 * The λ under which the raised values are most likely normal: that of the greatest log-likelihood
 * −n/2 ln σ²(λ) + (λ − 1) J, J the sum of the logarithms of what the power is taken of (signed, for Yeo and Johnson). By
 * exact sums over all rows at whole λ, then at three places closer and closer, and parabolas through these; to about six digits.
 */
export async function mostLikely(
  method: 'box-cox' | 'yeo-johnson',
  { alone, x, limits }: NumberColumn,
): Promise<number> {
  const { present, min, max } = limits;
  if (min === max) return 1;
  const jacobian = await logs(method, min, max);
  async function logs(kind: typeof method, low: number, high: number): Promise<number> {
    const log =
      kind === 'box-cox' ? sql`ln(${x})` : sql`(CASE WHEN ${x} >= 0 THEN ln(1 + ${x}) ELSE -ln(1 - ${x}) END)`;
    const of = (value: number): number =>
      kind === 'box-cox' ? Math.log(value) : value >= 0 ? Math.log1p(value) : -Math.log1p(-value);
    const reach = Math.max(Math.abs(of(low)), Math.abs(of(high))) || 1;
    return (await alone.sum(sql`(${log} / ${reach})`)) * reach;
  }
  const known = new Map<number, Promise<number>>();
  const likelihood = (lambda: number): Promise<number> => {
    let found = known.get(lambda);
    if (!found) known.set(lambda, (found = compute(lambda)));
    return found;
  };
  const compute = async (lambda: number): Promise<number> => {
    const power = { method, lambda, offset: 0, floor: Number.MIN_VALUE };
    const of = raiser(power);
    const [low, high] = [of(min), of(max)];
    const reach = (high - low) / 2;
    if (!(reach > 0) || !Number.isFinite(reach)) return -Infinity;
    // The greater of nothing and a number is the number: a missing value would count as one.
    const z: Sql = sql`(CASE WHEN ${x} IS NOT NULL THEN (${raisedSql(power, x)} - ${low + reach}) / ${reach} END)`;
    const [s, q] = await Promise.all([alone.sum(z), alone.sum(sql`(${z} * ${z})`)]);
    const variance = (q / present - (s / present) ** 2) * reach * reach;
    return variance > 0 ? (-present / 2) * Math.log(variance) + (lambda - 1) * jacobian : -Infinity;
  };
  const whole = Array.from({ length: 2 * FURTHEST + 1 }, (_, i) => i - FURTHEST);
  const values = await Promise.all(whole.map(likelihood));
  let best = whole[values.indexOf(Math.max(...values))]!;
  for (const step of STEPS) best = await topNear(likelihood, best, step);
  return best + 0;
}

/** The top of the parabola through three places, once the middle one is the highest. */
async function topNear(height: (place: number) => Promise<number>, start: number, step: number): Promise<number> {
  let middle = start;
  for (;;) {
    const [before, here, after] = (await Promise.all([middle - step, middle, middle + step].map(height))) as [
      number,
      number,
      number,
    ];
    if (before <= here && after <= here) {
      const bend = before - 2 * here + after;
      const off = bend < 0 ? ((before - after) / bend / 2) * step : 0;
      return Number.isFinite(off) ? middle + off : middle;
    }
    const next = before > after ? middle - step : middle + step;
    if (Math.abs(next) > FURTHEST) return middle;
    middle = next;
  }
}
