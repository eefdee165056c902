import { UserError } from '../core/errors/index.js';
import { DAMAGED, MODEL_FILES } from './card.js';
import type { Tensor, Tensors } from './tensors.js';

/** A model's arithmetic, without names: features in, one number for each class out. Pure and synchronous. */
export interface Scorer {
  /** Features that a row has. */
  readonly features: number;
  /** Numbers that it gives: the classes' probabilities. */
  readonly outputs: number;
  /** Probabilities of one row, in the order of the classes; they sum to 1. The result is the caller's. */
  score(features: ArrayLike<number>): Float64Array;
}

/**
 * A kind of model that can be opened for prediction: the contract that each file in `learners/` meets. Opening
 * happens once in a process and may compile; it throws a UserError when architecture and tensors do not fit.
 */
export interface Learner {
  /** Name in the card, never reused for another meaning. */
  readonly name: string;
  /** What it is, for lists and cards. */
  readonly title: string;
  open(architecture: unknown, tensors: Tensors): Scorer;
}

/** A tensor that a learner needs, of the shape that it expects; -1 stands for any length. */
export function tensorOf(tensors: Tensors, name: string, shape: readonly number[]): Tensor {
  const tensor = tensors[name];
  const fits =
    tensor?.shape.length === shape.length && shape.every((size, i) => size === -1 || size === tensor.shape[i]);
  if (tensor && fits) return tensor;
  throw unfit(`tensor "${name}" does not fit the model's architecture`, {
    expected: `shape [${shape.map((size) => (size === -1 ? 'any' : size)).join(', ')}]`,
    actual: tensor ? `[${tensor.shape.join(', ')}]` : 'no such tensor',
  });
}

/** A model whose parts contradict each other. */
export function unfit(what: string, parts: { expected?: string; actual?: string } = {}): UserError {
  return new UserError(what, { where: { file: MODEL_FILES.card }, remedy: DAMAGED, ...parts });
}

/** Turns scores into probabilities in place: exp(z − max) over their sum. */
export function softmax(scores: Float64Array): Float64Array {
  let most = -Infinity;
  for (const score of scores) if (score > most) most = score;
  let total = 0;
  for (let k = 0; k < scores.length; k++) total += scores[k] = Math.exp(scores[k]! - most);
  for (let k = 0; k < scores.length; k++) scores[k]! /= total;
  return scores;
}
