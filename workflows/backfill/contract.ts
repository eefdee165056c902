import type { Json } from '../../core/json.js';

/** Workflow type of a backfill. */
export const BACKFILL_TYPE = 'backfill';

/** Names of its messages. */
export const BACKFILL = { stop: 'stop' } as const;

/** One run of a backfill. */
export interface Partition {
  /** The parameter's value. */
  readonly value: Json;
  /** Id of its run: the same whenever the backfill is started again. */
  readonly run: string;
}

/** What a backfill is, in the store: never changed, so that a second start goes on where the first one stopped. */
export interface BackfillPlan {
  readonly format: 1;
  readonly id: string;
  readonly pipeline: string;
  /** The parameter that differs from run to run. */
  readonly param: string;
  /** All others. */
  readonly params: { readonly [name: string]: Json };
  readonly partitions: readonly Partition[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** The argument of its Workflow. */
export interface BackfillInput {
  readonly id: string;
  readonly pipeline: string;
  /** Runs at once. */
  readonly parallel: number;
  /** Where in the plan it is. */
  readonly next?: number;
  /** For tests: continues as new from this many events on. */
  readonly continueAfter?: number;
}

/** Who asks it to stop, and why. */
export interface Stop {
  readonly by: string;
  readonly why: string;
}

/** How its Workflow ended. */
export interface BackfillEnd {
  readonly outcome: 'done' | 'stopped';
  /** Partitions whose runs have been started or were there. */
  readonly reached: number;
}

/** Partitions that are to be run, and where the next page begins; none at the end of the plan. */
export interface BackfillPage {
  readonly partitions: readonly {
    readonly run: string;
    readonly params: Json;
    readonly value: Json;
    /** Its place in the plan. */
    readonly at: number;
  }[];
  readonly next: number;
}

/** What it does outside the sandbox. */
export interface BackfillActivities {
  /**
   * The next partitions, from this place on. Those whose runs have ended, as the store says, are left out: Temporal
   * forgets closed runs, and would let them be run again.
   */
  'trainyard.backfillPage'(id: string, from: number): Promise<BackfillPage>;
  /** Waits until a run that was started earlier has ended. */
  'trainyard.backfillWait'(run: string): Promise<void>;
}
