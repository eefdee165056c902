import type { Json } from '../../core/json.js';
import type { File, JsonKind, Ref, Table } from '../../core/kinds.js';

/** Workflow type of a monitor. */
export const MONITOR_TYPE = 'monitor';

/** Names of its messages. `memo` is the field that lists read without a worker. */
export const MONITOR = {
  state: 'state',
  configure: 'configure',
  pause: 'pause',
  resume: 'resume',
  freeze: 'freeze',
  nudge: 'nudge',
  memo: 'monitor',
} as const;

/** A column of the requests, with the type that it has in the training table. */
export interface MonitoredColumn {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'text' | 'boolean' | 'timestamp' | 'date';
}

export interface MonitorConfig {
  readonly endpoint: string;
  /** The model's inputs. */
  readonly columns: readonly MonitoredColumn[];
  /** Type of the model's task, which says by what figures it is measured; absent in monitors of former releases: classification. */
  readonly task?: string;
  /** Column of the training table that the model predicts: where outcomes stand in the fresh rows. */
  readonly label: MonitoredColumn;
  /** Profile of the rows that windows are compared with. */
  readonly reference: Ref<File>;
  /** The table that the profile was made of. */
  readonly table: Ref<Table>;
  /** Rows of a window; a request is never parted, so it may be a few more. */
  readonly window: number;
  /** Chance of a finding in a window without drift. */
  readonly alpha: number;
  /** Least effect that counts, from 0 to 1. */
  readonly minEffect: number;
  /** How often it looks for new rows when nobody tells it, in ms. */
  readonly everyMs: number;
  /** What to do about drift; null: record it. */
  readonly retrain: {
    readonly pipeline: string;
    /** Its parameters; `fresh`, a reference to the labelled rows of the drifted windows, is added. */
    readonly params: { readonly [name: string]: Json };
    /** Labelled rows without which it is not worth it. */
    readonly leastLabelled: number;
    /** From the end of one retraining to the start of the next, in ms. */
    readonly cooldownMs: number;
    /** Most retrainings within 30 days. The monitor remembers 50: above that there is no limit. */
    readonly most: number;
  } | null;
}

/** A test that found drift, small enough to be kept. */
export interface Finding {
  readonly column: string;
  readonly of: 'values' | 'missing';
  /** From 0 to 1. */
  readonly effect: number;
  /** p-value corrected for the number of tests. */
  readonly corrected: number;
  readonly says: string;
}

/** The figures of a window, as `rmse 3.2, mae 2.5`; of a former release's the share that was right. None without outcomes. */
export function sayFigures({ figures, accuracy }: Pick<WindowRecord, 'figures' | 'accuracy'>): string | undefined {
  const known = figures ?? (accuracy === null ? [] : [{ name: 'accuracy', value: accuracy }]);
  if (known.length === 0) return undefined;
  return known.map(({ name, value }) => `${name} ${Number(value.toPrecision(4))}`).join(', ');
}

/** What is known of one window. */
export interface WindowRecord {
  /** From 1. */
  readonly number: number;
  readonly rows: number;
  /** Rows whose outcome was known when the window was closed. */
  readonly labelled: number;
  /** Share of those that were predicted right; null without any, and where answers are not right or wrong. */
  readonly accuracy: number | null;
  /** What stands for models of the task, on those, the first before all others; absent in windows of former releases. */
  readonly figures?: readonly {
    readonly name: string;
    readonly value: number;
    readonly better: 'larger' | 'smaller' | 'neither';
  }[];
  /** Times of its first and last request, in ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** Versions that answered. */
  readonly versions: readonly number[];
  readonly drifted: boolean;
  /** Against the reference; none unless the window has drifted. */
  readonly findings: readonly Finding[];
  /** The rows, with predictions and outcomes. */
  readonly table: Ref<Table>;
  /** All tests. */
  readonly report: Ref<JsonKind>;
}

export interface Retraining {
  /** From 1. */
  readonly number: number;
  /** The run. */
  readonly run: string;
  readonly pipeline: string;
  readonly startedAt: number;
  /** The window that it answers. */
  readonly window: number;
  readonly columns: readonly string[];
  readonly fresh: Ref<Table>;
  readonly labelled: number;
  readonly endedAt?: number;
  readonly promoted?: boolean;
  /** `promoted: version 2 serves`, `not better: …`, `failed: …`. */
  readonly verdict?: string;
}

/** Drift that nothing has been done about yet. */
export interface Pending {
  /** The first and the newest drifted window. */
  readonly since: number;
  readonly last: number;
  readonly columns: readonly string[];
  readonly says: readonly string[];
  /** Tables of the windows since then, oldest first. */
  readonly tables: readonly Ref<Table>[];
  /** False once a retraining has answered it: it takes another drifted window to begin anew. */
  readonly open: boolean;
}

/** A line of the monitor's own record. */
export interface Note {
  readonly at: number;
  readonly what: string;
}

export interface MonitorState {
  readonly config: MonitorConfig;
  readonly paused: boolean;
  /** No retraining begins. */
  readonly frozen: boolean;
  /** The last entry of the stream that has been counted. */
  readonly cursor: string;
  /** Entries counted, and entries that the stream had dropped before they could be. */
  readonly entries: number;
  readonly lost: number;
  readonly windows: number;
  /** Windows in which drift was found. */
  readonly drifted: number;
  readonly recent: readonly WindowRecord[];
  readonly pending: Pending | null;
  /**
   * Profiles of the drifted rows that a promoted model has learned from: as normal as the reference. A window has
   * drifted when it differs from all of them.
   */
  readonly accepted: readonly Ref<File>[];
  /** Retrainings ever started. */
  readonly started: number;
  readonly retrainings: readonly Retraining[];
  /** Why no retraining begins although there is drift. */
  readonly waiting: string | null;
  /** What went wrong last, until it goes right again. */
  readonly problem: string | null;
  readonly notes: readonly Note[];
}

export interface MonitorInput {
  /** Absent when it is started by an Update that brings it. */
  readonly config?: MonitorConfig;
  readonly state?: MonitorState;
  /** Continue as new from this many history events on; by Temporal's own suggestion otherwise. */
  readonly continueAfter?: number;
}

/** By whom and why. */
export interface Order {
  readonly by: string;
  readonly why: string;
}
export interface FreezeOrder extends Order {
  readonly frozen: boolean;
}

/** What lists show. */
export interface MonitorMemo {
  readonly endpoint: string;
  readonly windows: number;
  readonly drifted: number;
  readonly retrainings: number;
  readonly state: 'watching' | 'paused' | 'frozen' | 'retraining';
}

export interface WindowAsk {
  readonly config: MonitorConfig;
  readonly accepted: readonly Ref<File>[];
  readonly number: number;
  readonly cursor: string;
  readonly entries: number;
  readonly lost: number;
}

/** `ready` is false while there are too few rows for a window. */
export type WindowAnswer =
  | { readonly ready: false; readonly rows: number }
  | {
      readonly ready: true;
      readonly cursor: string;
      readonly entries: number;
      readonly lost: number;
      readonly window: WindowRecord;
    };

/** The Activities of a monitor. Each gives the same again when it is done again. */
export interface MonitorActivities {
  /** Reads the next window after the cursor, stores it and compares it with the reference. */
  'trainyard.monitorWindow'(ask: WindowAsk): Promise<WindowAnswer>;
  /** Joins windows with the outcomes known by now: a table of the labelled rows, as the training table has them. */
  'trainyard.monitorFresh'(ask: {
    config: MonitorConfig;
    tables: readonly Ref<Table>[];
  }): Promise<{ fresh: Ref<Table>; labelled: number }>;
  /** The version that serves, and the run that made it. */
  'trainyard.monitorChampion'(ask: { endpoint: string }): Promise<{ version: number; run: string } | null>;
  /** Profile of the rows of windows. */
  'trainyard.monitorProfile'(ask: { config: MonitorConfig; tables: readonly Ref<Table>[] }): Promise<Ref<File>>;
}
