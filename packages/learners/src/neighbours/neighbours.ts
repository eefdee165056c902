import { distanceOf, Nearest, type Metric } from './distances.js';
import { KdTree } from './k-d-tree.js';

export type { Metric } from './distances.js';

export interface NeighboursFit {
  readonly width: number;
  readonly rows: number;
  /** Features of the training rows, `[rows, width]`. */
  readonly features: Float64Array;
  /** Index of the class of each, or its number. */
  readonly labels: ArrayLike<number>;
  readonly k: number;
  readonly metric: Metric;
  /** distance: each counts 1 ÷ its distance; those at distance 0, where there are any, alone. */
  readonly counted: 'uniform' | 'distance';
}

/** From so many features on, boxes part little: every row is looked at. */
const TREE = { width: 15, rows: 60 };

/** Finds the k nearest training rows of each row, exactly (Fix and Hodges 1951; Cover and Hart 1967). */
export class Neighbours {
  readonly #fit: NeighboursFit;
  readonly #tree: KdTree | undefined;

  /** `by` is for tests: either way finds the same. */
  constructor(fit: NeighboursFit, by?: 'tree' | 'every row') {
    this.#fit = fit;
    const tree = by ?? (fit.width <= TREE.width && fit.rows > TREE.rows ? 'tree' : 'every row');
    this.#tree = tree === 'tree' ? new KdTree(fit.features, fit.rows, fit.width) : undefined;
  }

  /** Hands over the places of the nearest rows and their weights, for each row asked about. The arrays are reused. */
  each(
    features: Float64Array,
    rows: number,
    take: (row: number, nearest: Int32Array, weights: Float64Array) => void,
  ): void {
    const { k, width, metric, counted } = this.#fit;
    const nearest = new Nearest(k);
    const weights = new Float64Array(k).fill(1);
    for (let row = 0; row < rows; row++) {
      nearest.clear();
      if (this.#tree) this.#tree.search(metric, features, row * width, nearest);
      else this.#lookAtAll(features, row * width, nearest);
      if (counted === 'distance') weigh(nearest.distances, metric, weights);
      take(row, nearest.rows, weights);
    }
  }

  #lookAtAll(query: Float64Array, start: number, nearest: Nearest): void {
    const { rows, width, features, metric } = this.#fit;
    for (let row = 0; row < rows; row++) {
      const far = nearest.farthest;
      const distance = distanceOf(metric, features, row * width, query, start, width, far);
      if (distance <= far) nearest.offer(row, distance);
    }
  }
}

function weigh(distances: Float64Array, metric: Metric, weights: Float64Array): void {
  const touches = distances[0] === 0;
  for (let i = 0; i < weights.length; i++) {
    const distance = metric === 'euclidean' ? Math.sqrt(distances[i]!) : distances[i]!;
    weights[i] = touches ? (distance === 0 ? 1 : 0) : 1 / distance;
  }
}

/** Share of each class among the nearest rows: `[rows, classes]`. */
export function neighbourShares(
  neighbours: Neighbours,
  { labels }: Pick<NeighboursFit, 'labels'>,
  classes: number,
  features: Float64Array,
  rows: number,
): Float64Array {
  const shares = new Float64Array(rows * classes);
  neighbours.each(features, rows, (row, nearest, weights) => {
    let total = 0;
    for (let i = 0; i < nearest.length; i++) {
      shares[row * classes + labels[nearest[i]!]!]! += weights[i]!;
      total += weights[i]!;
    }
    for (let c = row * classes; c < (row + 1) * classes; c++) shares[c]! /= total;
  });
  return shares;
}

/** Mean of the labels of the nearest rows. */
export function neighbourMeans(
  neighbours: Neighbours,
  { labels }: Pick<NeighboursFit, 'labels'>,
  features: Float64Array,
  rows: number,
): Float64Array {
  const means = new Float64Array(rows);
  neighbours.each(features, rows, (row, nearest, weights) => {
    let [sum, total] = [0, 0];
    for (let i = 0; i < nearest.length; i++) {
      sum += weights[i]! * labels[nearest[i]!]!;
      total += weights[i]!;
    }
    means[row] = sum / total;
  });
  return means;
}
