import { exactSum, sql, type Sql } from '@trainyard/tables/sql';
import { raisedSql, raiser } from '@trainyard/transforms';
import type { NumberColumn } from './contract.js';

/** λ is looked for from here to its negative. */
const FURTHEST = 5;
/** Steps of the grids, each around the best place of the one before. */
const STEPS = [0.5, 0.125, 1 / 32, 1 / 256, 1 / 2048];

/**
 * The λ under which the raised values are most likely normal: that of the greatest log-likelihood
 * −n/2 ln σ²(λ) + (λ − 1) J, J the sum of the logarithms of what the power is taken of (signed, for Yeo and Johnson). By grids of
 * exact sums over all rows, finer and finer, and a parabola through the last three places; to about six digits.
 */
export async function mostLikely(
  method: 'box-cox' | 'yeo-johnson',
  { lesson, x, limits }: NumberColumn,
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
    return (await lesson.number(exactSum(sql`(${log} / ${reach})`))) * reach;
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
    const z: Sql = sql`((${raisedSql(power, x)} - ${low + reach}) / ${reach})`;
    const [s, q] = await Promise.all([lesson.number(exactSum(z)), lesson.number(exactSum(sql`(${z} * ${z})`))]);
    const variance = (q / present - (s / present) ** 2) * reach * reach;
    return variance > 0 ? (-present / 2) * Math.log(variance) + (lambda - 1) * jacobian : -Infinity;
  };
  let best = 0;
  let span = FURTHEST;
  for (const step of STEPS) {
    const count = Math.round(span / step);
    const places = Array.from({ length: 2 * count + 1 }, (_, i) => best + (i - count) * step).filter(
      (place) => Math.abs(place) <= FURTHEST,
    );
    const values = await Promise.all(places.map(likelihood));
    best = places[values.indexOf(Math.max(...values))]!;
    span = step;
  }
  const [before, here, after] = await Promise.all([best - span, best, best + span].map(likelihood));
  const bend = before! - 2 * here! + after!;
  const off = bend < 0 ? ((before! - after!) / bend / 2) * span : 0;
  return Number.isFinite(off) && Math.abs(off) <= span ? best + off + 0 : best;
}
