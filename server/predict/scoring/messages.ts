import type { ErrorRecord } from '@trainyard/errors';
import type { Model, Ref } from '../../../core/kinds.js';
import type { Responded } from '../../../models/index.js';
import type { Row } from '../request.js';

/** Where the process that scores finds models and what opens them. */
export interface ScoringSetup {
  /** URL or folder of the store. */
  readonly store: string;
  /** The project's configuration, whose plugins may bring model kinds. The package's own kinds are always there. */
  readonly config?: string | undefined;
  /** Modules whose exports are further parts. */
  readonly modules?: readonly string[] | undefined;
}

/** The environment variable that holds it, as JSON. */
export const SCORING_VARIABLE = 'TRAINYARD_SCORING';

export type ToScoring = { readonly id: number } & (
  | { readonly type: 'open'; readonly name: number; readonly model: Ref<Model> }
  | { readonly type: 'score'; readonly name: number; readonly rows: readonly Row[] }
  | { readonly type: 'close'; readonly name: number }
);

export type FromScoring =
  | { readonly id: number; readonly responded?: Responded }
  | { readonly id: number; readonly error: ErrorRecord }
  | { readonly id: number; readonly fault: string };
