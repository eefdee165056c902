/** Finding the point with the greatest acquisition: many candidates, then local climbs from the best of them. */
import { descend } from '../../numeric/descend.js';
import type { Generator } from '../../random.js';
import type { Domain, Point } from '../../space/index.js';
import { rowOf, type Features } from './features.js';

/** What is to be made great. */
export interface Acquisition {
  value(row: Float64Array): number;
  /** Writes the gradient at the row of which the value was asked last: along features, 0 for choices. */
  gradient(into: Float64Array): void;
}

/** How hard to look. */
export interface Effort {
  readonly candidates: number;
  readonly climbs: number;
  readonly steps: number;
}

/** How far candidates near a good point lie from it, as shares of a range: from far to very near. */
const NEARNESS = [0.2, 0.05, 0.01, 0.002] as const;

function nearby(domain: Domain, centre: Point, width: number, random: Generator): Point {
  const point = centre.slice();
  const n = domain.dimensions.length;
  const one = random.below(n);
  const share = Math.min(1, 3 / n + 0.3);
  domain.dimensions.forEach((d, i) => {
    const here = centre[i] as number;
    if (here !== here) {
      // What does not exist at the centre may come to exist when a choice changes.
      point[i] = d.nominal ? random.below(d.levels) : random.uniform();
      return;
    }
    if (i !== one && random.uniform() > share) return;
    if (d.nominal) {
      if (random.uniform() < 0.3) point[i] = random.below(d.levels);
    } else {
      const moved = here + random.normal() * Math.max(width, d.levels === Infinity ? 0 : 0.7 / d.levels);
      point[i] = moved < 0 ? 0 : moved > 1 ? 1 : moved;
    }
  });
  return domain.snap(point);
}

/** Points by falling acquisition: all climbs' ends. `centres` are the best points seen. */
export function greatest(
  domain: Domain,
  features: Features,
  acquisition: Acquisition,
  centres: readonly Point[],
  random: Generator,
  effort: Effort,
): Point[] {
  const seen: { point: Point; value: number }[] = [];
  const consider = (point: Point): void => {
    if (domain.allows(point)) seen.push({ point, value: acquisition.value(rowOf(features, point)) });
  };
  const n = domain.dimensions.length;
  const local = centres.length === 0 ? 0 : Math.floor(effort.candidates / 3);
  for (let c = 0; c < effort.candidates - local; c++) {
    const point = new Float64Array(n);
    domain.dimensions.forEach((d, i) => (point[i] = d.nominal ? random.below(d.levels) : random.uniform()));
    consider(domain.snap(point));
  }
  for (let c = 0; c < local; c++) {
    consider(nearby(domain, centres[c % centres.length] as Point, NEARNESS[c % NEARNESS.length] as number, random));
  }
  seen.sort((a, b) => b.value - a.value);
  const ends = seen
    .slice(0, effort.climbs)
    .map((start) => climb(domain, features, acquisition, start.point, start.value, effort.steps));
  const rest = seen.slice(effort.climbs, effort.climbs + 20);
  return [...ends, ...rest].sort((a, b) => b.value - a.value).map((e) => e.point);
}

/** Gradient steps along what is continuous and single moves along what is countable, in turn. */
function climb(
  domain: Domain,
  features: Features,
  acquisition: Acquisition,
  start: Point,
  value: number,
  steps: number,
): { point: Point; value: number } {
  let at = { point: start, value };
  for (let round = 0; round < 3; round++) {
    const smooth = climbSmooth(domain, features, acquisition, at.point, at.value, steps);
    const moved = moveCounted(domain, features, acquisition, smooth.point, smooth.value);
    const changed = moved.value > smooth.value;
    at = moved;
    if (!changed) break;
  }
  return at;
}

function climbSmooth(
  domain: Domain,
  features: Features,
  acquisition: Acquisition,
  start: Point,
  value: number,
  steps: number,
): { point: Point; value: number } {
  const free: number[] = [];
  features.dimension.forEach((i, f) => {
    if (domain.dimensions[i]?.levels === Infinity && (start[i] as number) === (start[i] as number)) free.push(f);
  });
  if (free.length === 0) return { point: start, value };
  const row = rowOf(features, start);
  const whole = new Float64Array(features.count);
  const end = descend(
    {
      value: (x) => {
        free.forEach((f, k) => (row[f] = x[k] as number));
        return -acquisition.value(row);
      },
      gradient: (into) => {
        acquisition.gradient(whole);
        free.forEach((f, k) => (into[k] = -(whole[f] as number)));
      },
    },
    free.map((f) => row[f] as number),
    {
      low: new Float64Array(free.length),
      high: new Float64Array(free.length).fill(1),
      evaluations: steps,
      gain: 1e-5,
      reach: 0.1,
    },
  );
  const point = start.slice();
  free.forEach((f, k) => (point[features.dimension[f] as number] = end.x[k] as number));
  return -end.value > value && domain.allows(point) ? { point, value: -end.value } : { point: start, value };
}

/** Tries other values of each countable dimension: all of a few, else the neighbours near and farther off. */
function moveCounted(
  domain: Domain,
  features: Features,
  acquisition: Acquisition,
  start: Point,
  value: number,
): { point: Point; value: number } {
  let best = { point: start, value };
  for (const i of features.dimension) {
    const d = domain.dimensions[i] as (typeof domain.dimensions)[number];
    const here = best.point[i] as number;
    if (d.levels === Infinity || d.parameter.kind === 'conditional' || here !== here) continue;
    const options: number[] = [];
    if (d.nominal) for (let c = 0; c < d.levels; c++) options.push(c);
    else if (d.levels <= 12) for (let c = 0; c < d.levels; c++) options.push(domain.settled(i, (c + 0.5) / d.levels));
    else for (const step of [-0.1, -0.03, 0.03, 0.1]) options.push(domain.settled(i, here + step));
    if (!d.nominal && d.levels > 12) for (const step of neighbours(domain, i, here)) options.push(step);
    for (const option of options) {
      if (option === best.point[i]) continue;
      const point = best.point.slice();
      point[i] = option;
      if (!domain.allows(point)) continue;
      const v = acquisition.value(rowOf(features, point));
      if (v > best.value) best = { point, value: v };
    }
  }
  return best;
}

/** The next settled coordinates below and above. */
function neighbours(domain: Domain, i: number, here: number): number[] {
  const found: number[] = [];
  for (const sign of [-1, 1]) {
    for (let step = 1e-3; step < 0.5; step *= 1.5) {
      const next = domain.settled(i, here + sign * step);
      if (next === here) continue;
      found.push(next);
      break;
    }
  }
  return found;
}
