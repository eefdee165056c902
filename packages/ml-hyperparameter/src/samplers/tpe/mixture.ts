/** A density over a whole, possibly conditional, domain: one product kernel per observed point, and a flat prior. */
import { exp, log } from '../../numeric/elementary.js';
import { cdf, logMass, truncatedQuantile } from '../../numeric/normal.js';
import type { Generator } from '../../random.js';
import type { Dimension, Domain, Point } from '../../space/index.js';

/** Dimensions that always exist together: those under one branch, or at the top. */
interface Block {
  readonly parent: number;
  readonly branch: number;
  readonly dimensions: readonly number[];
  /** Kernels that have this block; the prior comes last. */
  readonly members: readonly number[];
  readonly isMember: Uint8Array;
}

/** Up to how many levels a kernel's mass is integrated over cells instead of taken as a density. */
const COUNTED_LEVELS = 64;

/** The blocks of a domain in an order in which parents come first. */
function blocksOf(domain: Domain, points: readonly Point[]): Block[] {
  const blocks = new Map<string, { parent: number; branch: number; dimensions: number[] }>();
  domain.dimensions.forEach((d, i) => {
    const key = `${d.parent}/${d.branch}`;
    const block = blocks.get(key) ?? { parent: d.parent, branch: d.branch, dimensions: [] };
    block.dimensions.push(i);
    blocks.set(key, block);
  });
  return [...blocks.values()].map((block) => {
    const members: number[] = [];
    const isMember = new Uint8Array(points.length + 1);
    const first = block.dimensions[0] as number;
    points.forEach((p, k) => {
      if ((p[first] as number) === (p[first] as number)) members.push(k);
    });
    members.push(points.length);
    for (const k of members) isMember[k] = 1;
    return { ...block, members, isMember };
  });
}

/** One dimension's kernels. */
interface Kernels {
  readonly mean: Float64Array;
  readonly inverseDeviation: Float64Array;
  /** Log of what the kernel must be multiplied with to integrate to 1 over the domain; added once per point. */
  readonly scale: Float64Array;
  /** For counted or nominal dimensions: log mass of each level, kernel by kernel. */
  readonly table: Float64Array | undefined;
}

/** Mixture of product kernels. */
export class Mixture {
  private readonly blocks: readonly Block[];
  private readonly kernels: readonly Kernels[];
  private readonly logWeights: Float64Array;
  private readonly weights: Float64Array;
  private readonly size: number;

  /** `weights` are those of the points; the prior's is 1 before all are scaled to sum to 1. */
  constructor(
    private readonly domain: Domain,
    points: readonly Point[],
    weights: readonly number[],
    priorWeight = 1,
  ) {
    const n = points.length;
    this.size = n + 1;
    this.weights = new Float64Array(n + 1);
    let total = priorWeight;
    for (let k = 0; k < n; k++) total += weights[k] as number;
    for (let k = 0; k < n; k++) this.weights[k] = (weights[k] as number) / total;
    this.weights[n] = priorWeight / total;
    this.logWeights = this.weights.map((w) => log(w));
    this.blocks = blocksOf(domain, points);
    const kernels: Kernels[] = [];
    for (const block of this.blocks) {
      for (const i of block.dimensions)
        kernels[i] = kernelsOf(domain.dimensions[i] as Dimension, i, points, block.members, n);
    }
    this.kernels = kernels;
  }

  /** Draws a point: a kernel by weight, and where it lacks a block, another kernel's for that block. */
  sample(random: Generator): Point {
    const point: Point = new Float64Array(this.domain.dimensions.length).fill(NaN);
    const chosen = random.weighted(this.weights);
    for (const block of this.blocks) {
      if (block.parent >= 0 && point[block.parent] !== block.branch) continue;
      const k =
        block.isMember[chosen] === 1
          ? chosen
          : (block.members[random.weighted(block.members.map((m) => this.weights[m] as number))] as number);
      for (const i of block.dimensions) point[i] = this.sampleKernel(i, k, random.uniform());
    }
    return this.domain.settle(point);
  }

  private sampleKernel(i: number, k: number, u: number): number {
    const d = this.domain.dimensions[i] as Dimension;
    const kernels = this.kernels[i] as Kernels;
    if (kernels.table !== undefined && d.nominal) {
      let left = u;
      for (let c = 0; c < d.levels; c++) {
        left -= exp(kernels.table[k * d.levels + c] as number);
        if (left < 0) return c;
      }
      return d.levels - 1;
    }
    return truncatedQuantile(u, kernels.mean[k] as number, 1 / (kernels.inverseDeviation[k] as number), 0, 1);
  }

  /** Log density (mass, in counted dimensions) of each point. */
  logDensities(points: readonly Point[]): Float64Array {
    const total = new Float64Array(this.size);
    const own = new Float64Array(this.size);
    const logs = new Float64Array(points.length);
    points.forEach((p, at) => (logs[at] = this.logDensity(p, total, own)));
    return logs;
  }

  /** `total` and `own` are room to work in. */
  private logDensity(point: Point, total: Float64Array, own: Float64Array): number {
    total.set(this.logWeights);
    for (const block of this.blocks) {
      if (block.parent >= 0 && point[block.parent] !== block.branch) continue;
      this.blockLogs(block, point, own);
      if (block.members.length === this.size) {
        for (let k = 0; k < total.length; k++) total[k] = (total[k] as number) + (own[k] as number);
        continue;
      }
      // A kernel without this block stands in with the mixture of those that have it.
      const marginal = new Float64Array(block.members.length);
      let weight = 0;
      block.members.forEach((k, at) => {
        marginal[at] = (this.logWeights[k] as number) + (own[k] as number);
        weight += this.weights[k] as number;
      });
      const mixed = logSum(marginal) - log(weight);
      for (let k = 0; k < this.size; k++)
        total[k] = (total[k] as number) + (block.isMember[k] === 1 ? (own[k] as number) : mixed);
    }
    return logSum(total);
  }

  private blockLogs(block: Block, point: Point, own: Float64Array): void {
    own.fill(0);
    for (const i of block.dimensions) {
      const kernels = this.kernels[i] as Kernels;
      const x = point[i] as number;
      const levels = (this.domain.dimensions[i] as Dimension).levels;
      if (kernels.table !== undefined) {
        const at = (this.domain.dimensions[i] as Dimension).nominal
          ? x
          : Math.max(0, Math.min(levels - 1, Math.floor(x * levels)));
        const { table } = kernels;
        for (let k = 0; k < own.length; k++) own[k] = (own[k] as number) + (table[k * levels + at] as number);
      } else {
        const { mean, inverseDeviation, scale } = kernels;
        for (let k = 0; k < own.length; k++) {
          const z = (x - (mean[k] as number)) * (inverseDeviation[k] as number);
          own[k] = (own[k] as number) + (scale[k] as number) - 0.5 * z * z;
        }
      }
    }
  }
}

/** Log of the sum of exponentials. */
export function logSum(logs: Float64Array): number {
  let top = -Infinity;
  for (let k = 0; k < logs.length; k++) if ((logs[k] as number) > top) top = logs[k] as number;
  if (top === -Infinity) return top;
  let sum = 0;
  for (let k = 0; k < logs.length; k++) {
    const d = (logs[k] as number) - top;
    if (d > -40) sum += exp(d);
  }
  return top + log(sum);
}

function kernelsOf(d: Dimension, i: number, points: readonly Point[], members: readonly number[], n: number): Kernels {
  if (d.nominal) return nominalKernels(d.levels, i, points, members, n);
  const mean = new Float64Array(n + 1).fill(0.5);
  const own = members.slice(0, -1);
  for (const k of own) mean[k] = (points[k] as Point)[i] as number;
  const scale = new Float64Array(n + 1);
  const inverseDeviation = widths(mean, own);
  for (let k = 0; k <= n; k++) inverseDeviation[k] = 1 / (inverseDeviation[k] as number);
  const counted = d.levels <= COUNTED_LEVELS;
  const table = counted ? new Float64Array((n + 1) * d.levels) : undefined;
  let sharpness = 1;
  let logSharpness = 0;
  for (const k of members) {
    const m = mean[k] as number;
    const s = inverseDeviation[k] as number;
    const mass = logMass((0 - m) * s, (1 - m) * s);
    // In a crowd nearly all kernels have the least width.
    if (s !== sharpness) {
      sharpness = s;
      logSharpness = log(s);
    }
    scale[k] = logSharpness - mass - 0.9189385332046727;
    if (table === undefined) continue;
    let below = cdf((0 - m) * s);
    for (let c = 0; c < d.levels; c++) {
      const up = cdf(((c + 1) / d.levels - m) * s);
      table[k * d.levels + c] = log(Math.max(1e-300, up - below)) - mass;
      below = up;
    }
  }
  return { mean, inverseDeviation, scale, table };
}

/** Standard deviations: the wider gap to the neighbours of each of `own`, within bounds; 1 for the others. */
function widths(mean: Float64Array, own: readonly number[]): Float64Array {
  const deviation = new Float64Array(mean.length).fill(1);
  const sorted = new Float64Array(own.length);
  own.forEach((k, at) => (sorted[at] = mean[k] as number));
  sorted.sort();
  const last = sorted.length - 1;
  const least = 1 / Math.min(100, 2 + own.length);
  // Equal means stand side by side in the order of their trials.
  const equals = new Uint32Array(sorted.length);
  for (const k of own) {
    const here = mean[k] as number;
    const first = firstAtLeast(sorted, here);
    const at = first + (equals[first] as number);
    equals[first] = at - first + 1;
    const left = at > 0 ? here - (sorted[at - 1] as number) : last > 0 ? 0 : here;
    const right = at < last ? (sorted[at + 1] as number) - here : last > 0 ? 0 : 1 - here;
    deviation[k] = Math.min(1, Math.max(least, left, right));
  }
  return deviation;
}

/** The first place of a sorted list that is not below a value. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nominalKernels(
  levels: number,
  i: number,
  points: readonly Point[],
  members: readonly number[],
  n: number,
): Kernels {
  const table = new Float64Array((n + 1) * levels).fill(log(1 / levels));
  const count = members.length;
  const rest = 1 / count;
  const whole = 1 + levels * rest;
  for (const k of members) {
    if (k === n) continue;
    const seen = (points[k] as Point)[i] as number;
    for (let c = 0; c < levels; c++) table[k * levels + c] = log(((c === seen ? 1 : 0) + rest) / whole);
  }
  const empty = new Float64Array(0);
  return { mean: empty, inverseDeviation: empty, scale: empty, table };
}
