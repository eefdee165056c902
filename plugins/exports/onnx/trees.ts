import type { PortableTree, PortableTrees } from '../../../models/index.js';
import type { OnnxBuilder } from './builder.js';

/** Ways to ask (operator TreeEnsemble of ai.onnx.ml 5): BRANCH_LEQ and BRANCH_MEMBER. */
const MODES = { atMost: 0, oneOf: 6 } as const;
/** Sums, as they are. */
const [SUM, NONE] = [1, 0];

/** Adds trees as one operator in double precision; the value of its scores `[rows, scores]`. */
export function addTrees(builder: OnnxBuilder, { trees, scores }: PortableTrees, features: string): string {
  const roots: number[] = [];
  const [feature, mode, split, missing]: number[][] = [[], [], [], []];
  const [yes, yesLeaf, no, noLeaf]: number[][] = [[], [], [], []];
  const members: number[] = [];
  const [target, weight]: number[][] = [[], []];
  for (const tree of trees.flatMap(bySingleScore)) {
    const [first, firstLeaf] = [feature!.length, target!.length];
    roots.push(first);
    for (const { asks, ...one } of tree.splits) {
      feature!.push(one.feature);
      mode!.push('atMost' in asks ? MODES.atMost : MODES.oneOf);
      split!.push('atMost' in asks ? asks.atMost : 0);
      // The sets stand one after the other, with NaN behind each.
      if ('oneOf' in asks) members.push(...asks.oneOf, NaN);
      missing!.push(one.missing ? 1 : 0);
      yes!.push(one.yes >= 0 ? first + one.yes : firstLeaf - 1 - one.yes);
      yesLeaf!.push(one.yes >= 0 ? 0 : 1);
      no!.push(one.no >= 0 ? first + one.no : firstLeaf - 1 - one.no);
      noLeaf!.push(one.no >= 0 ? 0 : 1);
    }
    for (const [score, adds] of tree.leaves) {
      target!.push(score);
      weight!.push(adds);
    }
  }
  const reals = (values: readonly number[]) => ({
    t: { type: 'float64' as const, shape: [values.length], values },
  });
  const [value] = builder.add(
    'TreeEnsemble',
    [features],
    {
      aggregate_function: { i: SUM },
      post_transform: { i: NONE },
      n_targets: { i: scores },
      tree_roots: { ints: roots },
      nodes_featureids: { ints: feature! },
      nodes_modes: { t: { type: 'uint8', shape: [mode!.length], values: mode! } },
      nodes_splits: reals(split!),
      nodes_missing_value_tracks_true: { ints: missing! },
      nodes_truenodeids: { ints: yes! },
      nodes_trueleafs: { ints: yesLeaf! },
      nodes_falsenodeids: { ints: no! },
      nodes_falseleafs: { ints: noLeaf! },
      ...(members.length > 0 ? { membership_values: reals(members) } : {}),
      leaf_targetids: { ints: target! },
      leaf_weights: reals(weight!),
    },
    { domain: 'ai.onnx.ml' },
  );
  return value!;
}

interface SingleScoreTree extends Pick<PortableTree, 'splits'> {
  readonly leaves: readonly (readonly [score: number, adds: number])[];
}

/** The operator's leaves add to one score each: a tree of several scores becomes one for each. A tree without splits asks for nothing, twice the same leaf. */
function bySingleScore({ splits, leaves }: PortableTree): SingleScoreTree[] {
  const scores = [...new Set(leaves.flatMap((leaf) => leaf.map(([score]) => score)))].sort((a, b) => a - b);
  return scores.map((score) => {
    const single = leaves.map((leaf) => [score, leaf.find(([one]) => one === score)?.[1] ?? 0] as const);
    if (splits.length > 0) return { splits, leaves: single };
    const same = { feature: 0, asks: { atMost: 0 }, missing: true, yes: -1, no: -2 };
    return { splits: [same], leaves: [single[0]!, single[0]!] };
  });
}
