import type { FittedTransform } from '@trainyard/transforms';
import type { Space } from 'ml-hyperparameter';
import type { Json } from '../../../../core/index.js';
import type { NodeContext } from '../../../../worker/index.js';
import type { FileContent, ModelKind } from '../../../../models/index.js';
import type { Rows } from '../../dataset.js';

/** What is predicted: one of some classes, or a number. */
export type BestTask =
  | { readonly type: 'classes'; readonly label: string; readonly classes: readonly string[] }
  | { readonly type: 'number'; readonly label: string };

/**
 * How rows become features. `passed`: columns as they are, missing values too, categories by their index. `scaled`: all of them
 * filled in, scaled and encoded as numbers.
 */
export type Form = 'passed' | 'scaled';

export type Params = Readonly<Record<string, string | number | boolean | null>>;

/** Features with what is to be learned: the index of the class, or the number. */
export interface Labelled extends Rows {
  readonly labels: Float64Array;
}

/** What a portfolio and a space may look at. */
export interface Facts {
  readonly task: BestTask;
  /** Rows that a fold trains on. */
  readonly rows: number;
  /** Features of the learner's form. */
  readonly width: number;
}

/** Rows to learn from, made once for all candidates of a fold and a form. */
export interface Lesson {
  readonly transform: FittedTransform;
  readonly train: Labelled;
  /** Rows that are held out; none where all rows are learned from. */
  readonly held: Labelled | undefined;
  /** What learners keep for each other, such as binned rows; whatever has `free` is freed with the lesson. */
  readonly shared: Map<string, { free(): void }>;
}

export interface FitRequest {
  readonly task: BestTask;
  readonly params: Params;
  readonly lesson: Lesson;
  /** Weight of each training row; 1 where absent. */
  readonly weights: Float64Array | undefined;
  /** For learners in rounds: exactly so many, whatever the held-out rows say. */
  readonly rounds: number | undefined;
  /** For learners in rounds: at most so many, as once the clock said. */
  readonly most: number | undefined;
  readonly seed: number;
  readonly threads: number;
  /** Aborted where time is over: what is thrown then is not looked at. */
  readonly signal: AbortSignal;
  /** Whether a learner in rounds should end with what it has. */
  readonly late: () => boolean;
  /** Gives way to timers, and throws once `signal` is aborted. To be awaited at least ten times a second. */
  readonly pause: () => Promise<void>;
  readonly ctx: NodeContext;
}

/** A trained model, as its kind opens it. */
export interface Fitted {
  readonly kind: ModelKind;
  readonly settings: Json;
  readonly files: Readonly<Record<string, FileContent>>;
  readonly libraries: Readonly<Record<string, string>>;
  /** For learners in rounds: those that the model has, */
  readonly rounds?: number;
  /** and those done, where the clock ended it. */
  readonly stopped?: number;
}

/**
 * A way to learn, as `train.best` tries it. One more is a file in this folder and a line in `index.ts`. Fits are pure functions of what
 * they are asked, but for `late` and `signal`.
 */
export interface Learner {
  /** Name in records, never reused for another meaning. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly tasks: readonly BestTask['type'][];
  readonly form: Form;
  /** Whether it is worth trying; absent: always. */
  suits?(facts: Facts): boolean;
  /** Parameters that a search looks through. */
  space(facts: Facts): Space;
  /** Configurations of the space to try first, the best guess first: all of its parameters. */
  first(facts: Facts): readonly Params[];
  fit(request: FitRequest): Promise<Fitted>;
}
