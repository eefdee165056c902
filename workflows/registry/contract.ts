import type { Json } from '../../core/json.js';
import type { Model, Ref } from '../../core/kinds.js';

/** Workflow type of a model's registry entry. */
export const REGISTRY_TYPE = 'model-registry';

/** Names of its messages. `announcement` is the memo field that readers without a worker look at. */
export const REGISTRY = {
  register: 'register',
  move: 'move',
  rollback: 'rollback',
  state: 'state',
  announcement: 'aliases',
} as const;

/** The longest JSON, in characters, that a version's metrics, signature or evidence may have: references beyond that. */
export const RECORD_CHARACTERS = 4096;

/** A model as it was handed in: never changed afterwards. */
export interface ModelVersion {
  /** 1, 2, …: never reused. */
  readonly version: number;
  readonly model: Ref<Model>;
  /** The run that made it, and the first run of which that one is a resume. */
  readonly run: string;
  readonly lineage: string;
  readonly pipeline: string;
  readonly metrics: { readonly [name: string]: number };
  /** What goes in and what comes out: names, types, classes. */
  readonly signature: Json;
  /** What spoke for it: reports, gates, comparison with the champion. */
  readonly evidence: Json;
  /** ISO 8601, by the clock of the registry's Workflow. */
  readonly registeredAt: string;
  readonly by: string;
  readonly why: string;
}

/** Where an alias stands. */
export interface Alias {
  readonly version: number;
  readonly since: string;
  readonly by: string;
  readonly why: string;
  /** Number of the move that brought it there: larger is later, whatever the alias. */
  readonly move: number;
  /** The versions it stood at before, oldest first: what a rollback goes back to. */
  readonly past: readonly number[];
}

/** One line of a model's history; `number` counts from 1 without gaps. */
export type ModelEvent =
  | {
      readonly number: number;
      readonly at: string;
      readonly what: 'registered';
      readonly version: number;
      readonly by: string;
      readonly why: string;
      readonly run: string;
    }
  | {
      readonly number: number;
      readonly at: string;
      readonly what: 'moved' | 'rolled back';
      readonly alias: string;
      readonly from: number | null;
      readonly to: number | null;
      readonly by: string;
      readonly why: string;
      readonly evidence: Json;
      /** The request's own key, when it had one. */
      readonly once?: string | undefined;
    };

export interface ModelState {
  readonly name: string;
  readonly versions: readonly ModelVersion[];
  readonly aliases: { readonly [alias: string]: Alias };
  readonly history: readonly ModelEvent[];
}

export interface RegistryInput {
  readonly name: string;
  /** Carried over when the Workflow continues as new. */
  readonly state?: ModelState;
  /** Continue as new from this many history events on; by Temporal's own suggestion otherwise. */
  readonly continueAfter?: number;
}

export type RegisterRequest = Omit<ModelVersion, 'version' | 'registeredAt'>;

export interface RegisterAnswer {
  readonly version: number;
  /** False when this model of this lineage had been registered before. */
  readonly created: boolean;
}

export interface MoveRequest {
  /** `champion`, `challenger`, or any name of lower-case letters, digits and hyphens. */
  readonly alias: string;
  /** The version to move to; null removes the alias. */
  readonly to: number | null;
  /** Where the alias must stand for the move to happen; null: it must not exist. Left out: wherever it stands. */
  readonly expected?: number | null | undefined;
  readonly by: string;
  readonly why: string;
  readonly evidence?: Json | undefined;
  /** A key of the request's own: asked again with it, the first answer is given again and nothing moves. */
  readonly once?: string | undefined;
}

export interface RollbackRequest {
  readonly alias: string;
  readonly expected?: number | undefined;
  readonly by: string;
  readonly why: string;
}

export interface MoveAnswer {
  readonly alias: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly at: string;
  /** Number of this line in the history. */
  readonly move: number;
}

/** Where every alias stands, small enough for the Workflow's memo: readable without a worker. */
export interface Announcement {
  readonly model: string;
  /** Number of the newest line of the history that is in here. */
  readonly move: number;
  readonly versions: number;
  readonly aliases: {
    readonly [alias: string]: {
      readonly version: number;
      readonly move: number;
      readonly model: Ref<Model>;
      readonly run: string;
    };
  };
}
