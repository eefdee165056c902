import type { z } from 'zod';
import { asPart, type Part } from '../core/part.js';
import type { FeatureRow } from '@trainyard/transforms';
import type { ModelInput } from './card.js';
import type { Portable } from './portable.js';
import type { ModelTask, TaskName } from './tasks/index.js';

/** What a model kind opens a model from. */
export interface OpenedModel<Settings> {
  readonly task: ModelTask;
  /** The kind's own part of the card. */
  readonly settings: Settings;
  /** Columns that a request brings. */
  readonly inputs: readonly ModelInput[];
  /** A file that the kind's trainer wrote, whole. Throws a UserError where the model lacks it. */
  bytes(file: string): Promise<Uint8Array>;
  /** Path of such a file on this machine, for libraries that read files. It must not be written to, and is there until the scorer is disposed of. */
  path(file: string): Promise<string>;
}

interface AnyScorer {
  /** Numbers that it gives for one row, as its task names them. */
  readonly outputs: number;
  /** Frees what it holds outside JavaScript's memory. Called once, when its version goes and the last request is answered. */
  dispose?(): void | Promise<void>;
}

/** Scores features: numbers, as the model's fitted transform gives them. */
export interface FeatureScorer extends AnyScorer {
  readonly takes: 'features';
  /** Features of a row. */
  readonly width: number;
  /**
   * Numbers `[rows, outputs]` for features `[rows, width]`, row after row. A row alone and in a batch give the same bits.
   * A missing value that the transform passes through is NaN. The result is the caller's.
   */
  score(features: Float64Array, rows: number): Float64Array | Promise<Float64Array>;
  /** What each feature added to each score, where the kind can say it exactly. */
  readonly explain?: Explainer | undefined;
}

/** Scores taken apart into what each feature added (Shapley values; Lundberg et al. 2020). */
export interface Explainer {
  /** Scores of a row, and what they are, such as `log odds`; answers follow from them. */
  readonly scores: number;
  readonly says: string;
  /** The scores `[rows, scores]`. */
  raw(features: Float64Array, rows: number): Float64Array;
  /** `[rows, scores, width + 1]`: of each score, what each feature added to the expected score, which stands last. They sum to the score. */
  contributions(features: Float64Array, rows: number): Float64Array;
}

/** Scores rows as they come: for text, images, times, and whatever prepares its inputs itself. */
export interface RowScorer extends AnyScorer {
  readonly takes: 'rows';
  /** Numbers `[rows, outputs]`, row after row. A missing value is `null`. */
  score(rows: readonly FeatureRow[]): Float64Array | Promise<Float64Array>;
}

/** A model's arithmetic. It holds no state between calls: several may go on at once. */
export type Scorer = FeatureScorer | RowScorer;

/** A model kind as its author writes it. */
export interface ModelKindSpec<Settings> {
  /** Name in the card, never reused for another meaning. */
  readonly name: string;
  /** One line for the catalogue. */
  readonly title: string;
  /** Types of tasks that its models may have. */
  readonly tasks: readonly TaskName[];
  /** What its trainers write into the card: plain JSON. */
  readonly settings: z.ZodType<Settings>;
  /** Its scorers take NaN for what is missing. Default false: a transform must fill in what is. */
  readonly missing?: boolean;
  /**
   * Opens a model. Happens once in a process for each version, and may compile or start something. Throws a UserError
   * where the parts contradict each other (`unfit`).
   */
  open(model: OpenedModel<Settings>): Scorer | Promise<Scorer>;
  /**
   * Lays a model's arithmetic open, so that it can be given away in formats of other tools. Undefined, or left out, where it cannot be:
   * `trainyard models export` then says so.
   */
  portable?(model: OpenedModel<Settings>): Portable | undefined | Promise<Portable | undefined>;
}

/**
 * A way to keep a trained model in files and to open it for prediction: what a training node writes with, and what
 * evaluation, deployment and serving read. They ask for it by the name in the model's card.
 */
export interface ModelKind<Settings = unknown> extends Part<'model kind'>, ModelKindSpec<Settings> {}

/** Declares a model kind. A plugin brings it by exporting it from its entry `./parts`. */
export function modelKind<Settings>(spec: ModelKindSpec<Settings>): ModelKind<Settings> {
  return asPart({ part: 'model kind' as const, opens: 'model', ...spec });
}
