import type { Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';

/** Workflow type of a trigger. */
export const TRIGGER_TYPE = 'trigger';

/** Names of its messages; `memo` is the field that lists read without a worker. */
export const TRIGGER = { configure: 'configure', state: 'state', memo: 'trigger' } as const;

/** Workflow id of the trigger of a pipeline. */
export function triggerId(project: string, pipeline: string): string {
  return `trigger/${project}/${pipeline}`;
}

export interface TriggerConfig {
  readonly pipeline: string;
  /** A file, a folder or a pattern, relative to the project's folder. */
  readonly source: string;
  readonly everyMs: number;
  readonly params: Json;
}

export interface TriggerState {
  readonly config: TriggerConfig;
  /** Of the state of the source that started a run last. */
  readonly seen?: { readonly digest: Digest; readonly stamp: string };
  /** The run that it started last. */
  readonly run?: string;
  readonly started: number;
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
    readonly former?: { readonly digest: Digest; readonly stamp: string };
  }): Promise<{ readonly digest: Digest | null; readonly stamp: string; readonly files: number }>;
}
