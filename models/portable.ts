import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../setup/tensorflow-load.js';

/** One inner node of a tree: it asks for one feature, and the answer says where to go on. */
export interface PortableSplit {
  readonly feature: number;
  /** At most a number, or one of these whole numbers. */
  readonly asks: { readonly atMost: number } | { readonly oneOf: readonly number[] };
  /** Whether a missing value goes where yes leads. */
  readonly missing: boolean;
  /** An inner node from 0 on, or a leaf: −1 − its index. */
  readonly yes: number;
  readonly no: number;
}

/** One tree. The first split is its root; a tree without splits is its first leaf. */
export interface PortableTree {
  readonly splits: readonly PortableSplit[];
  /** What each leaf adds, by score. */
  readonly leaves: readonly (readonly (readonly [score: number, adds: number])[])[];
}

/** Trees whose leaves are added up. */
export interface PortableTrees {
  readonly trees: readonly PortableTree[];
  /** Scores of a row: sums of leaves. */
  readonly scores: number;
  /** Answers `[rows, outputs]` from scores `[rows, scores]`: operations of TensorFlow.js, of which formats take what they need. */
  answers(tf: Tensorflow, scores: Tensor2D): Tensor2D;
  /** Answers that look at the features `[rows, width]` as well, as the transform gives them; then `answers` is not asked. */
  answersWith?(tf: Tensorflow, scores: Tensor2D, features: Tensor2D): Tensor2D;
}

/** A model inside another: its answers count by its weight. */
export interface PortableMember {
  readonly weight: number;
  /** Its features, by their places among those of the whole. */
  readonly features: readonly number[];
  readonly model: Portable;
}

/** A model in the text of another tool, as that tool writes it. */
export interface PortableText {
  /** Texts by the name of their file. */
  readonly files: Readonly<Record<string, string>>;
  /** What the tool gives for a row, in words, for whoever reads it there. */
  readonly gives: string;
  /** Our answers from those of the tool: of each file, in order, its numbers row after row. */
  answers(given: readonly Float64Array[], rows: number): Float64Array;
}

/**
 * What a model kind lays open of its arithmetic, so that other tools can compute it: one form or several, of which each export format
 * takes the one that it knows. Texts and trees take features after `categories` and `fills`; operations as the transform gives them.
 */
export interface Portable {
  /** Features of a row. */
  readonly width: number;
  /** Features that are categories, by place: how many there are. Anything but 0 to that less 1 counts as missing. */
  readonly categories?: readonly (readonly [feature: number, count: number])[] | undefined;
  /** What stands in where a feature is missing, by its place. */
  readonly fills?: readonly (readonly [feature: number, value: number])[] | undefined;
  /** Answers `[rows, outputs]` from features `[rows, width]`, in single precision: a pure function, called within `tf.tidy`. */
  operations?(tf: Tensorflow, features: Tensor2D): Tensor2D;
  readonly trees?: PortableTrees | undefined;
  /** Models whose answers are added up by their weights, each of trees or of operations. Probabilities end at 1. */
  readonly members?: readonly PortableMember[] | undefined;
  /** By the name of the tool. */
  readonly texts?: Readonly<Record<string, PortableText>> | undefined;
}

/** Features `[rows, width]` after what the model says of categories and fills. */
export function readyFeatures(
  { width, categories = [], fills = [] }: Pick<Portable, 'width' | 'categories' | 'fills'>,
  features: Float64Array,
  rows: number,
): Float64Array {
  if (categories.length === 0 && fills.length === 0) return features;
  const ready = features.slice();
  for (let at = 0; at < rows * width; at += width) {
    for (const [feature, fill] of fills) if (Number.isNaN(ready[at + feature])) ready[at + feature] = fill;
    for (const [feature, count] of categories) {
      const value = ready[at + feature]!;
      if (!(Number.isInteger(value) && value >= 0 && value < count)) ready[at + feature] = NaN;
    }
  }
  return ready;
}
