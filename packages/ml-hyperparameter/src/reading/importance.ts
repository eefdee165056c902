import { SearchError, show } from '../errors.js';
import { generator } from '../random.js';
import type { Study } from '../study/study.js';
import { columnsOf, growForest, treeValue, type Columns, type Forest, type Node } from './forest.js';

/** How much of the loss's variation a parameter answers for. */
export interface Importance {
  /** The parameter's name, or the path to it where the name stands more than once. */
  readonly name: string;
  /** Share in [0, 1]; all shares sum to 1 unless the loss never varies. */
  readonly share: number;
}

/** How importance is measured. */
export interface ImportanceOptions {
  /**
   * "fanova": share of variance over the whole space that the parameter explains alone.
   * "permutation": how much worse the surrogate gets when the parameter's values are shuffled.
   */
  readonly method?: 'fanova' | 'permutation';
  /** Which objective, by name (default: the first). */
  readonly objective?: string;
  readonly seed?: number;
}

/** Complete trials' coordinates and one objective's values. */
export function tableOf(study: Study<unknown>, objective?: string): { columns: Columns; values: number[] } {
  const k = objective === undefined ? 0 : study.objectives.findIndex((o) => o.name === objective);
  if (k < 0) {
    throw new SearchError('MLH-UNKNOWN-OBJECTIVE', `there is no objective of the name ${show(objective)}`, {
      expected: study.objectives.map((o) => o.name).join(', '),
    });
  }
  const complete = study.observations.filter((t) => t.losses !== undefined);
  if (complete.length < 4) {
    throw new SearchError('MLH-NO-DATA', 'too few complete trials to read anything from', {
      expected: 'at least 4',
      actual: String(complete.length),
    });
  }
  const sign = study.objectives[k]?.direction === 'maximize' ? -1 : 1;
  return {
    columns: columnsOf(
      study.domain,
      complete.map((t) => t.point),
    ),
    values: complete.map((t) => sign * (t.losses?.[k] as number)),
  };
}

/** Parameters by falling importance, read from a random forest on the complete trials. */
export function importance(study: Study<never> | Study<unknown>, options: ImportanceOptions = {}): Importance[] {
  const { method = 'fanova', seed = 0 } = options;
  const { columns, values } = tableOf(study as Study<unknown>, options.objective);
  const forest = growForest(columns, values, 64, seed);
  const raw = method === 'fanova' ? variances(forest, columns) : permutations(forest, columns, values, seed);
  const total = raw.reduce((s, v) => s + v, 0);
  return raw
    .map((v, i) => ({ name: columns.ids[i] as string, share: total > 0 ? v / total : 0 }))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}

/** A leaf's box: bounds of numeric features, allowed levels of nominal ones. */
interface Box {
  readonly value: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly allowed: readonly (readonly boolean[])[];
}

function boxesOf(tree: Node, columns: Columns): Box[] {
  const out: Box[] = [];
  const walk = (node: Node, box: Omit<Box, 'value'>): void => {
    if (node.feature < 0) {
      out.push({ ...box, value: node.value });
      return;
    }
    const f = node.feature;
    const set = (list: readonly number[], v: number): number[] => list.map((old, i) => (i === f ? v : old));
    if (node.levels === undefined) {
      walk(node.left as Node, { ...box, high: set(box.high, node.threshold) });
      walk(node.right as Node, { ...box, low: set(box.low, node.threshold) });
    } else {
      const keep = (side: boolean): boolean[][] =>
        box.allowed.map((levels, i) =>
          i === f ? levels.map((a, c) => a && node.levels?.[c] === side) : levels.slice(),
        );
      walk(node.left as Node, { ...box, allowed: keep(true) });
      walk(node.right as Node, { ...box, allowed: keep(false) });
    }
  };
  const n = columns.ids.length;
  walk(tree, {
    low: new Array<number>(n).fill(0),
    high: new Array<number>(n).fill(1),
    allowed: columns.levels.map((c) => new Array<boolean>(c).fill(true)),
  });
  return out;
}

/** Variance explained by each feature alone. Source: Hutter, Hoos, Leyton-Brown, An efficient approach for assessing hyperparameter importance (2014). */
function variances(forest: Forest, columns: Columns): number[] {
  const n = columns.ids.length;
  const sums = new Array<number>(n).fill(0);
  for (const tree of forest.trees) {
    const boxes = boxesOf(tree, columns).map((box) => {
      const sides = columns.levels.map((c, i) =>
        c > 0
          ? (box.allowed[i]?.filter(Boolean).length as number) / c
          : (box.high[i] as number) - (box.low[i] as number),
      );
      return { box, sides, volume: sides.reduce((p, s) => p * s, 1) };
    });
    const mean = boxes.reduce((s, b) => s + b.volume * b.box.value, 0);
    const total = boxes.reduce((s, b) => s + b.volume * (b.box.value - mean) * (b.box.value - mean), 0);
    if (total <= 0) continue;
    for (let f = 0; f < n; f++) {
      const marginal = (inside: (box: Box) => boolean): number => {
        let sum = 0;
        for (const { box, sides, volume } of boxes)
          if (inside(box) && (sides[f] as number) > 0) sum += (box.value * volume) / (sides[f] as number);
        return sum - mean;
      };
      let explained = 0;
      const levels = columns.levels[f] as number;
      if (levels > 0) {
        for (let c = 0; c < levels; c++) {
          const m = marginal((box) => box.allowed[f]?.[c] === true);
          explained += (m * m) / levels;
        }
      } else {
        const edges = [...new Set(boxes.flatMap(({ box }) => [box.low[f] as number, box.high[f] as number]))].sort(
          (a, b) => a - b,
        );
        for (let e = 0; e + 1 < edges.length; e++) {
          const middle = 0.5 * ((edges[e] as number) + (edges[e + 1] as number));
          const m = marginal((box) => middle > (box.low[f] as number) && middle < (box.high[f] as number));
          explained += m * m * ((edges[e + 1] as number) - (edges[e] as number));
        }
      }
      sums[f] = (sums[f] as number) + explained / total;
    }
  }
  return sums;
}

/** Rise of the squared error on rows that a tree has not seen when a feature is shuffled (Breiman 2001). */
function permutations(forest: Forest, columns: Columns, values: readonly number[], seed: number): number[] {
  return columns.ids.map((_, f) => {
    let rise = 0;
    forest.trees.forEach((tree, t) => {
      const rows = forest.unseen[t] as readonly number[];
      const order = generator(seed, 'permutation', f, t).shuffle(rows.slice());
      rows.forEach((i, k) => {
        const row = Float64Array.from(columns.rows[i] as Float64Array);
        const straight = treeValue(tree, row) - (values[i] as number);
        row[f] = columns.rows[order[k] as number]?.[f] as number;
        const turned = treeValue(tree, row) - (values[i] as number);
        rise += turned * turned - straight * straight;
      });
    });
    return Math.max(0, rise);
  });
}
