/** New points from old ones. */
import { power } from '../../numeric/elementary.js';
import type { Generator } from '../../random.js';
import type { Domain, Point } from '../../space/index.js';

/**
 * Simulated binary crossover of two points, dimension by dimension; a choice comes from either parent, and what does
 * not exist in one comes from the other. Source: Deb and Agrawal, Simulated binary crossover (1995).
 */
export function cross(domain: Domain, a: Point, b: Point, random: Generator, sharpness = 15): Point {
  const child: Point = new Float64Array(domain.dimensions.length);
  domain.dimensions.forEach((d, i) => {
    const x = a[i] as number;
    const y = b[i] as number;
    if (x !== x || y !== y)
      child[i] = x === x ? x : y === y ? y : d.nominal ? random.below(d.levels) : random.uniform();
    else if (d.nominal || random.uniform() < 0.5) child[i] = random.uniform() < 0.5 ? x : y;
    else {
      const u = random.uniform();
      const spread = u < 0.5 ? power(2 * u, 1 / (sharpness + 1)) : power(1 / (2 * (1 - u)), 1 / (sharpness + 1));
      const sign = random.uniform() < 0.5 ? 1 : -1;
      child[i] = clip(0.5 * (x + y + sign * spread * (x - y)));
    }
  });
  return child;
}

/**
 * Polynomial mutation with a chance of `rate` per dimension, and of one dimension at least; a choice is drawn anew.
 * Source: Deb and Goyal, A combined genetic adaptive search (1996).
 */
export function mutate(domain: Domain, point: Point, random: Generator, rate: number, sharpness = 20): Point {
  const child = point.slice();
  const one = random.below(domain.dimensions.length);
  domain.dimensions.forEach((d, i) => {
    if (child[i] !== child[i]) child[i] = d.nominal ? random.below(d.levels) : random.uniform();
    if (i !== one && random.uniform() >= rate) return;
    if (d.nominal) {
      child[i] = d.levels < 2 ? 0 : ((child[i] as number) + 1 + random.below(d.levels - 1)) % d.levels;
      return;
    }
    const u = random.uniform();
    const x = child[i] as number;
    const shift = u < 0.5 ? power(2 * u, 1 / (sharpness + 1)) - 1 : 1 - power(2 * (1 - u), 1 / (sharpness + 1));
    const moved = x + (u < 0.5 ? shift * x : shift * (1 - x));
    // A step shorter than a cell would change nothing.
    const least = d.levels === Infinity ? 0 : 1 / d.levels;
    child[i] = clip(moved - x < least && x - moved < least ? x + (u < 0.5 ? -least : least) : moved);
  });
  return domain.settle(child);
}

function clip(v: number): number {
  return v < 0 ? 0 : v > 1 ? 1 : v;
}
