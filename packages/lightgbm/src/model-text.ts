import { UserError } from '@trainyard/errors';

/** One inner node of a tree. */
export interface TextSplit {
  readonly feature: number;
  /** At most a number, or one of these categories. */
  readonly asks: { readonly atMost: number } | { readonly oneOf: readonly number[] };
  /** Whether a missing value goes where yes leads. */
  readonly missing: boolean;
  /** An inner node from 0 on, or a leaf: −1 − its index. */
  readonly yes: number;
  readonly no: number;
}

/** One tree; without splits it is its first leaf. */
export interface TextTree {
  readonly splits: readonly TextSplit[];
  readonly leaves: readonly number[];
}

/** A model text taken apart. */
export interface TreesOfText {
  readonly width: number;
  /** Trees of an iteration: tree i is of score i modulo it. */
  readonly outputs: number;
  /** Such as `binary sigmoid:1`. */
  readonly objective: string;
  /** Scores are means over the iterations, not sums: a forest. */
  readonly averaged: boolean;
  readonly trees: readonly TextTree[];
}

/** Bits of `decision_type`: categories, and where what is missing goes; above them, what counts as missing. */
const [CATEGORY, MISSING_LEFT] = [1, 2];
const MISSING_IS = ['none', 'zero', 'NaN'] as const;

/**
 * Takes a model text apart, as version 4 writes it (`Tree::ToString` and `GBDT::SaveModelToString` of the library). Throws a UserError for
 * linear trees and for models that count 0 as missing, which are no trees of plain questions.
 */
export function treesOfText(text: string): TreesOfText {
  const sections = text.slice(0, text.indexOf('\nend of trees')).split(/^Tree=\d+\n/m);
  const head = fieldsOf(sections[0]!);
  return {
    width: Number(head.get('max_feature_idx')) + 1,
    outputs: Number(head.get('num_tree_per_iteration')),
    ...headOfText(text),
    trees: sections.slice(1).map(treeOf),
  };
}

/** How answers come of the trees of a text, without taking these apart. Of a forest the library's raw scores and contributions are sums all the same. */
export function headOfText(text: string): Pick<TreesOfText, 'objective' | 'averaged'> {
  const head = text.split('\nTree=0\n', 1)[0]!;
  return { objective: fieldsOf(head).get('objective') ?? '', averaged: /^average_output$/m.test(head) };
}

function fieldsOf(section: string): Map<string, string> {
  return new Map(
    section.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

function treeOf(section: string, tree: number): TextTree {
  const fields = fieldsOf(section);
  const list = (name: string): number[] =>
    (fields.get(name) ?? '')
      .split(' ')
      .filter((cell) => cell !== '')
      .map(numberOf);
  if (fields.get('is_linear') === '1') throw odd(tree, 'linear leaves');
  const [types, thresholds, yes, no] = ['decision_type', 'threshold', 'left_child', 'right_child'].map(list);
  const [ends, sets] = [list('cat_boundaries'), list('cat_threshold')];
  const splits = list('split_feature').map((feature, i): TextSplit => {
    const type = types![i]!;
    const common = { feature, yes: yes![i]!, no: no![i]! };
    const threshold = thresholds![i]!;
    // What is missing is no category.
    if ((type & CATEGORY) !== 0) {
      const words = sets.slice(ends[threshold], ends[threshold + 1]);
      return { ...common, asks: { oneOf: membersOf(words) }, missing: false };
    }
    const missing = MISSING_IS[type >> 2];
    if (missing === 'zero') throw odd(tree, 'questions to which 0 is missing');
    // Where nothing was missing in training, the library reads what is missing as 0.
    const left = missing === 'NaN' ? (type & MISSING_LEFT) !== 0 : 0 <= threshold;
    return { ...common, asks: { atMost: threshold }, missing: left };
  });
  return { splits, leaves: list('leaf_value') };
}

/** A number as C++ writes it: a question that only what is missing answers with no is for infinity. */
const numberOf = (cell: string): number =>
  /^-?inf$/.test(cell) ? (cell === 'inf' ? Infinity : -Infinity) : Number(cell);

/** The members of a set kept as bits, 32 a word. */
function membersOf(words: readonly number[]): number[] {
  return words.flatMap((word, at) =>
    Array.from({ length: 32 }, (_, bit) => at * 32 + bit).filter((_, bit) => ((word >>> bit) & 1) === 1),
  );
}

function odd(tree: number, what: string): UserError {
  return new UserError(`the trees of the model have ${what}`, {
    expected: 'trees that ask whether a feature is at most a number, or one of some categories',
    actual: `tree ${tree}`,
  });
}
