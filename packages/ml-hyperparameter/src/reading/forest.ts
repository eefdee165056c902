/** A random forest over a domain's coordinates: the surrogate from which importance and dependence are read. */
import { generator, type Generator } from '../random.js';
import type { Domain, Point } from '../space/index.js';

/** A branch of a tree; `feature` −1 is a leaf. Nominal features split by a set of levels, others by a threshold. */
export interface Node {
  readonly feature: number;
  readonly threshold: number;
  readonly levels: readonly boolean[] | undefined;
  readonly left: Node | undefined;
  readonly right: Node | undefined;
  readonly value: number;
}

/** What the forest splits on. A number that does not exist at a point is taken in the middle of its range. */
export interface Columns {
  readonly ids: readonly string[];
  /** Levels of a nominal feature (one more for "does not exist"); 0 for a numeric one. */
  readonly levels: readonly number[];
  readonly rows: readonly Float64Array[];
}

/** Columns of points. */
export function columnsOf(domain: Domain, points: readonly Point[]): Columns {
  const levels = domain.dimensions.map((d) => (d.nominal ? d.levels + (d.parent >= 0 ? 1 : 0) : 0));
  const rows = points.map((p) =>
    Float64Array.from(p, (u, i) =>
      u === u ? u : domain.dimensions[i]?.nominal === true ? (domain.dimensions[i]?.levels as number) : 0.5,
    ),
  );
  return { ids: domain.dimensions.map((d) => d.id), levels, rows };
}

/** Trees, and for each the rows that it has not seen. */
export interface Forest {
  readonly trees: readonly Node[];
  readonly unseen: readonly (readonly number[])[];
}

/** Grows bootstrapped regression trees to leaves of at most two rows. Source: Breiman, Random forests (2001). */
export function growForest(columns: Columns, values: readonly number[], trees = 64, seed = 0): Forest {
  const grown: Node[] = [];
  const unseen: number[][] = [];
  for (let t = 0; t < trees; t++) {
    const random = generator(seed, 'tree', t);
    const drawn = values.map(() => random.below(values.length));
    const seen = new Set(drawn);
    unseen.push(values.flatMap((_, i) => (seen.has(i) ? [] : [i])));
    grown.push(grow(columns, values, drawn, random));
  }
  return { trees: grown, unseen };
}

const leaf = (value: number): Node => ({
  feature: -1,
  threshold: 0,
  levels: undefined,
  left: undefined,
  right: undefined,
  value,
});

function grow(columns: Columns, values: readonly number[], at: readonly number[], random: Generator): Node {
  const mean = at.reduce((s, i) => s + (values[i] as number), 0) / at.length;
  if (at.length < 3) return leaf(mean);
  const features = random.shuffle(columns.ids.map((_, f) => f));
  const tried = features.slice(0, Math.max(1, Math.ceil(features.length * 0.7)));
  let best: { gain: number; feature: number; threshold: number; levels: boolean[] | undefined } | undefined;
  for (const f of tried) {
    const split = bestSplit(columns, values, at, f);
    if (split !== undefined && (best === undefined || split.gain > best.gain)) best = { ...split, feature: f };
  }
  if (best === undefined) return leaf(mean);
  const { feature, threshold, levels } = best;
  const goesLeft = (i: number): boolean => {
    const u = columns.rows[i]?.[feature] as number;
    return levels === undefined ? u < threshold : levels[u] === true;
  };
  const left = at.filter(goesLeft);
  const right = at.filter((i) => !goesLeft(i));
  return {
    feature,
    threshold,
    levels,
    left: grow(columns, values, left, random),
    right: grow(columns, values, right, random),
    value: mean,
  };
}

/** The cut that leaves the least squares; levels are first put in the order of their means. */
function bestSplit(
  columns: Columns,
  values: readonly number[],
  at: readonly number[],
  f: number,
): { gain: number; threshold: number; levels: boolean[] | undefined } | undefined {
  const count = columns.levels[f] as number;
  const means = new Array<number>(count).fill(NaN);
  if (count > 0) {
    for (let c = 0; c < count; c++) {
      const here = at.filter((i) => columns.rows[i]?.[f] === c);
      if (here.length > 0) means[c] = here.reduce((s, i) => s + (values[i] as number), 0) / here.length;
    }
  }
  const key = (i: number): number =>
    count > 0 ? (means[columns.rows[i]?.[f] as number] as number) : (columns.rows[i]?.[f] as number);
  const order = at.slice().sort((a, b) => key(a) - key(b) || a - b);
  const total = order.reduce((s, i) => s + (values[i] as number), 0);
  let sum = 0;
  let best: { gain: number; threshold: number } | undefined;
  for (let k = 1; k < order.length; k++) {
    sum += values[order[k - 1] as number] as number;
    const below = key(order[k - 1] as number);
    const above = key(order[k] as number);
    if (below === above) continue;
    const gain = (sum * sum) / k + ((total - sum) * (total - sum)) / (order.length - k);
    if (best === undefined || gain > best.gain + 1e-12) best = { gain, threshold: 0.5 * (below + above) };
  }
  if (best === undefined) return undefined;
  const { threshold } = best;
  return { ...best, levels: count > 0 ? means.map((m) => m < threshold) : undefined };
}

/** A tree's value at a row. */
export function treeValue(tree: Node, row: ArrayLike<number>): number {
  let node = tree;
  while (node.feature >= 0) {
    const u = row[node.feature] as number;
    node = (
      (node.levels === undefined ? u < node.threshold : node.levels[u] === true) ? node.left : node.right
    ) as Node;
  }
  return node.value;
}

/** The forest's mean value at a row. */
export function forestValue(forest: Forest, row: ArrayLike<number>): number {
  return forest.trees.reduce((s, tree) => s + treeValue(tree, row), 0) / forest.trees.length;
}
