import type { DurableProcess } from '../../client/process.js';
import type { SeenProcess } from '../../client/process-state.js';
import type { RunView } from '../../client/run-view.js';
import type { SealedSet } from '../runs/sealed-sets.js';
import type { StudyView } from '../runs/study.js';
import type { ActionOptions } from './run-actions.js';

/** What a run's page shows. */
export interface RunContent {
  readonly view: RunView;
  /** The study that the run is. */
  readonly study: StudyView | undefined;
  /** What the durable processes within it say of themselves, by call. */
  readonly children: ReadonlyMap<string, SeenProcess>;
  /** What these are, by name. */
  readonly processes: ReadonlyMap<string, DurableProcess>;
  readonly sealed: readonly SealedSet[];
}

export interface PageOptions extends ActionOptions {
  /** ms since the epoch. */
  readonly now: number;
  /** Address of the run in the Temporal UI. */
  readonly ui: string | undefined;
  /** How trials are sorted, as `trialTable` takes it. */
  readonly sort: string | undefined;
}
