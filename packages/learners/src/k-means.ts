import { randomFrom, type Random } from '@trainyard/numeric';
import type { FeatureRows } from './rows.js';
import { squaredDistance } from './sums.js';

export interface KMeansFit {
  readonly width: number;
  readonly clusters: number;
  /** `[clusters, width]`. */
  readonly centres: Float64Array;
}

export interface KMeansOptions {
  readonly clusters: number;
  /** Starts; the one with the least inertia is kept. */
  readonly starts: number;
  /** Most rounds of a start. */
  readonly iterations: number;
  /** Sum of squares of the moves of the centres, as a share of the mean variance of the features, at which a start has settled. */
  readonly tolerance: number;
  readonly seed: number;
  readonly onStart?: (start: number) => void;
}

export interface KMeansResult extends KMeansFit {
  /** Nearest centre of each row. */
  readonly labels: Int32Array;
  /** Sum of squared distances to the nearest centre. */
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * k-means by Lloyd's rounds (Lloyd 1982) from seeded greedy k-means++ starts (Arthur and Vassilvitskii 2007: of 2 + ln k drawn candidates
 * the one that lowers the inertia most). A centre that loses all its rows takes the row that is farthest from its own, and stays where it was if all rows are at a centre. Sums go row
 * by row, so that the result is the same everywhere.
 */
export function fitKMeans(data: FeatureRows, options: KMeansOptions): KMeansResult {
  const settled = options.tolerance * meanVariance(data);
  let best: KMeansResult | undefined;
  for (let start = 0; start < options.starts; start++) {
    options.onStart?.(start);
    const centres = plusPlus(data, options.clusters, randomFrom(options.seed, start));
    const found = lloyd(data, centres, options.iterations, settled);
    if (!best || found.inertia < best.inertia) best = found;
  }
  return best!;
}

function meanVariance({ rows, width, features }: FeatureRows): number {
  let sum = 0;
  for (let j = 0; j < width; j++) {
    let [mean, spread] = [0, 0];
    for (let row = 0; row < rows; row++) mean += features[row * width + j]! / rows;
    for (let row = 0; row < rows; row++) spread += (features[row * width + j]! - mean) ** 2 / rows;
    sum += spread / width;
  }
  return sum;
}

/** Rows drawn as centres, each with a chance in proportion to its squared distance from those before. */
function plusPlus({ rows, width, features }: FeatureRows, clusters: number, random: Random): Float64Array {
  const centres = new Float64Array(clusters * width);
  const nearest = new Float64Array(rows).fill(Infinity);
  const trials = 2 + Math.floor(Math.log(clusters));
  for (let k = 0; k < clusters; k++) {
    let best: { row: number; apart: Float64Array; sum: number } | undefined;
    const total = k === 0 ? 0 : nearest.reduce((sum, distance) => sum + distance, 0);
    for (let trial = 0; trial < (k === 0 ? 1 : trials); trial++) {
      const row = k === 0 || total === 0 ? random.integer(rows) : drawn(nearest, random.uniform() * total);
      const apart = new Float64Array(rows);
      let sum = 0;
      for (let i = 0; i < rows; i++)
        sum += apart[i] = Math.min(nearest[i]!, squaredDistance(features, i * width, features, row * width, width));
      if (!best || sum < best.sum) best = { row, apart, sum };
    }
    nearest.set(best!.apart);
    centres.set(features.subarray(best!.row * width, (best!.row + 1) * width), k * width);
  }
  return centres;
}

/** The row at which the running sum passes a number; the last that counts, where rounding passes none. */
function drawn(shares: Float64Array, at: number): number {
  let [sum, last] = [0, 0];
  for (let row = 0; row < shares.length; row++) {
    if (shares[row] === 0) continue;
    sum += shares[row]!;
    last = row;
    if (sum > at) return row;
  }
  return last;
}

function lloyd(data: FeatureRows, start: Float64Array, iterations: number, settled: number): KMeansResult {
  const { rows, width } = data;
  const clusters = start.length / width;
  const labels = new Int32Array(rows).fill(-1);
  const distances = new Float64Array(rows);
  let centres = start;
  let [iteration, converged] = [0, false];
  while (iteration < iterations && !converged) {
    iteration++;
    const changed = assign(data, centres, labels, distances);
    const moved = means(data, labels, distances, centres);
    let by = 0;
    for (let i = 0; i < moved.length; i++) by += (moved[i]! - centres[i]!) ** 2;
    centres = moved;
    converged = !changed || by <= settled;
  }
  assign(data, centres, labels, distances);
  const inertia = distances.reduce((sum, distance) => sum + distance, 0);
  return { width, clusters, centres, labels, inertia, iterations: iteration, converged };
}

/** Nearest centre of each row, of equal ones the first; whether any row's has changed. */
function assign(
  { rows, width, features }: FeatureRows,
  centres: Float64Array,
  labels: Int32Array,
  distances: Float64Array,
): boolean {
  const clusters = centres.length / width;
  let changed = false;
  for (let row = 0; row < rows; row++) {
    let nearest = 0;
    let least = Infinity;
    for (let k = 0; k < clusters; k++) {
      const apart = squaredDistance(features, row * width, centres, k * width, width);
      if (apart < least) {
        nearest = k;
        least = apart;
      }
    }
    if (labels[row] !== nearest) changed = true;
    labels[row] = nearest;
    distances[row] = least;
  }
  return changed;
}

function means(
  { rows, width, features }: FeatureRows,
  labels: Int32Array,
  distances: Float64Array,
  centres: Float64Array,
): Float64Array {
  const clusters = centres.length / width;
  const sums = new Float64Array(clusters * width);
  const counts = new Float64Array(clusters);
  for (let row = 0; row < rows; row++) counts[labels[row]!]!++;
  for (let k = 0; k < clusters; k++) {
    if (counts[k]! > 0) continue;
    let far = -1;
    for (let row = 0; row < rows; row++)
      if (distances[row]! > (distances[far] ?? 0) && counts[labels[row]!]! > 1) far = row;
    if (far < 0) continue;
    counts[labels[far]!]!--;
    labels[far] = k;
    distances[far] = 0;
    counts[k] = 1;
  }
  for (let row = 0; row < rows; row++)
    for (let j = 0, at = labels[row]! * width; j < width; j++) sums[at + j]! += features[row * width + j]!;
  for (let k = 0; k < clusters; k++)
    for (let j = 0, at = k * width; j < width; j++, at++)
      sums[at] = counts[k]! > 0 ? sums[at]! / counts[k]! : centres[at]!;
  return sums;
}

/** Distance of each row to each centre: `[rows, clusters]`. */
export function centreDistances(
  { width, clusters, centres }: KMeansFit,
  features: Float64Array,
  rows: number,
): Float64Array {
  const distances = new Float64Array(rows * clusters);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < clusters; k++)
      distances[row * clusters + k] = Math.sqrt(squaredDistance(features, row * width, centres, k * width, width));
  return distances;
}
