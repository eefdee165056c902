import type { z } from 'zod';
import type { Json } from '../../core/json.js';

/** One column of numbers, texts or lists that an answer consists of, as the Open Inference Protocol names it. */
export interface OutputTensor {
  readonly name: string;
  readonly datatype: 'BYTES' | 'FP64';
  /** Shape of one row's part: none for a single value. */
  readonly shape: readonly number[];
}

/**
 * A type of task: what a model is asked for, whatever computes it. A scorer gives numbers; its task says how many for a
 * row, what they are, and what they mean to whoever asked.
 */
export interface TaskType<T extends { readonly type: string } = { readonly type: string }, Answer = unknown> {
  /** Name in the card, never reused for another meaning. */
  readonly type: T['type'];
  /** What a card says of it. */
  readonly schema: z.ZodType<T>;
  /** Names of the numbers that a scorer gives for one row, in their order. */
  names(task: T): readonly string[];
  /** What is wrong with the numbers of a row; undefined where they can be answered. */
  problem(numbers: Float64Array, task: T): string | undefined;
  /** What whoever asked is told: plain JSON. */
  answer(numbers: Float64Array, task: T): Answer;
  /** What the log of predictions keeps of an answer, for monitors. */
  logged(answer: Answer): LoggedAnswer;
  /** Writes answers without making them, where that is quicker; the text is that of `JSON.stringify`. Made once for a model. */
  writer?(task: T): RowWriter;
  /** What turned out to be true of a row, as the text that outcomes are kept as; undefined where it is nothing of the sort. */
  outcome(label: unknown, task: T): string | undefined;
  /** What an outcome must be, in words. */
  outcomeIs(task: T): string;
  /** The answer as tensors: their names and shapes, */
  tensors(task: T): readonly OutputTensor[];
  /** and the values of one row, by tensor. */
  values(answer: Answer, task: T): Readonly<Record<string, readonly (string | number)[]>>;
}

/** Answers as text: of the row whose numbers stand in `numbers` from `at` on. */
export interface RowWriter {
  answer(numbers: Float64Array, at: number): string;
  /** What the log keeps of it; a class with its probability, where the task tells classes apart. */
  readonly logged: {
    label(numbers: Float64Array, at: number): string;
    probability(numbers: Float64Array, at: number): string;
  };
}

/** What the log of predictions keeps of an answer: a class and its probability, or the answer whole; neither where it says nothing. */
export interface LoggedAnswer {
  readonly label?: string;
  readonly probability?: number;
  readonly whole?: Json;
}

export const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** A number as the text that outcomes are kept as. */
export const numberOutcome = (label: unknown): string | undefined =>
  isFiniteNumber(label) ? String(label) : undefined;

/** Whether all numbers are finite; else which is not. */
export function notFinite(numbers: Float64Array, names: readonly string[]): string | undefined {
  const at = numbers.findIndex((value) => !Number.isFinite(value));
  return at < 0 ? undefined : `${names[at]} is ${numbers[at]}`;
}

/** Whether all numbers are probabilities; else which is none. */
export function notProbabilities(numbers: Float64Array, names: readonly string[]): string | undefined {
  const at = numbers.findIndex((value) => !(value >= 0 && value <= 1));
  return at < 0 ? undefined : `the probability of ${names[at]} is ${numbers[at]}`;
}
