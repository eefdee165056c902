import { readFile } from 'node:fs/promises';
import type { Json } from '../../../core/index.js';
import type { FileContent } from '../../../models/index.js';
import type { FittedTransform } from '@trainyard/transforms';
import type { Fitted, Params } from './learners/index.js';

/** A trained model as it waits for the end of the search. */
export interface Held {
  readonly kind: string;
  readonly settings: Json;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly libraries: Readonly<Record<string, string>>;
  readonly rounds: number | null;
}

/** What was tried on every fold. */
export interface Candidate {
  /** Its place among those that ended, from 0. */
  readonly place: number;
  readonly learner: string;
  readonly params: Params;
  /** The metric on the rows of all folds together, and of each fold. */
  readonly score: number;
  readonly folds: readonly number[];
  /** Seconds that its trainings and answers took, without features; and when it ended, of the budget. */
  readonly seconds: number;
  readonly at: number;
  /** Rounds after which the clock stopped a fold's training; null where it ended by itself. */
  readonly stopped: readonly (number | null)[];
  /** Answers `[rows, outputs]` of the rows held out, fold after fold, and the model of each fold; dropped where it is no longer in question. */
  kept: { readonly answers: Float32Array; readonly models: readonly Held[] } | undefined;
}

/** A model with its files in memory. */
export async function heldOf(fitted: Fitted): Promise<Held> {
  const files = await Promise.all(
    Object.entries(fitted.files).map(async ([name, content]) => [name, await bytesOf(content)] as const),
  );
  return {
    kind: fitted.kind.name,
    settings: fitted.settings,
    files: Object.fromEntries(files),
    libraries: fitted.libraries,
    rounds: fitted.rounds ?? null,
  };
}

async function bytesOf(content: FileContent): Promise<Uint8Array> {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return content instanceof Uint8Array ? content : readFile(content.path);
}

/** A model in the answer, with its share and the transform that its features come from. */
export interface Member {
  readonly model: Held;
  readonly transform: FittedTransform;
  readonly weight: number;
}

/** A candidate in the answer. */
export interface Chosen {
  readonly candidate: Candidate;
  readonly weight: number;
}
