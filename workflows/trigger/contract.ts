import type { Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import type { Source } from '../../core/source.js';

/** Workflow type of a trigger. */
export const TRIGGER_TYPE = 'trigger';

/** Names of its messages; `memo` is the field that lists read without a worker. */
export const TRIGGER = { configure: 'configure', state: 'state', memo: 'trigger' } as const;

export interface TriggerConfig {
  readonly pipeline: string;
  /** What people call it, and what tells it from others: a file, a folder or a pattern, relative to the project's folder; or what `of` is, in words. */
  readonly source: string;
  /** Absent where `source` is a path. */
  readonly of?: Source;
  readonly everyMs: number;
  readonly params: Json;
}

/**
 * A change of a source: the n-th thing that it was seen to hold. What it holds may be what it held before; the number
 * never is.
 */
export interface Change {
  /** 1 for the first contents seen, 0 before. */
  readonly sequence: number;
  readonly digest: Digest | null;
  /** What spares work at the next look: of names, sizes and times, when it was looked at last. */
  readonly stamp: string;
  /** The run that it started. */
  readonly run?: string;
}

export interface TriggerState {
  readonly config: TriggerConfig;
  /** The last change of this source that started a run; absent until it has been recalled. */
  readonly seen?: Change;
  /** What keeps it from looking, if something does. */
  readonly problem?: string;
}

/** The argument of its Workflow. */
export interface TriggerInput {
  readonly config: TriggerConfig;
  readonly state?: TriggerState;
  /** For tests: continues as new from this many events on. */
  readonly continueAfter?: number;
}

/** What it does outside the sandbox. */
export interface TriggerActivities {
  'trainyard.sourceState'(ask: {
    readonly source: string;
    readonly of?: Source;
    readonly former?: { readonly digest: Digest; readonly stamp: string };
  }): Promise<{ readonly digest: Digest | null; readonly stamp: string }>;
  /** The last change of a source that this trigger, or an earlier one of its name, has started a run for. */
  'trainyard.changeSeen'(source: string): Promise<Change | null>;
  /** Keeps it for later triggers of this name. */
  'trainyard.noteChange'(source: string, change: Change): Promise<void>;
}
