import type { Digest } from '../../core/digest.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import type { SuggestionAnswer, SuggestionAsk } from '../../core/study/steps.js';
import type { KeptStudy } from '../../core/study/state.js';
import type { RunStart } from '../../core/records.js';

/**
 * A finished call: its key, what it gave, and what an operator decided about it, if one did. Rows stand in the order in
 * which their calls ended. Without outputs: one that failed, or whose outputs are lost, or something else that ended and has
 * a name in the place of a key. Nothing is found then, but what ended after it is not seen before it.
 */
export type Row = readonly [string, FoundOutputs | null, Made?];

/**
 * A finished call as a run carries it through continue-as-new: with who made it, if this run did. Where the graph keeps
 * its nodes, the node as it stood, short; without outputs, then, since a call may have failed. Without either: a place in the
 * order of ends, as in `Row`.
 */
export type CarriedRow = readonly [string, FoundOutputs | null, Made | GraphNode | null];

/**
 * What a run tells of a call that was made before it continued as new, or was decided by an operator: `key` and `params`
 * are those that it was computed with then. Done, where no state is told. Without outputs: one that failed, where failed
 * calls wait for an operator, and waits still (`paused`), is to be tried again as he said (`waiting`), or has `failed`.
 */
export type Made = Partial<
  Pick<
    GraphNode,
    | 'pool'
    | 'worker'
    | 'device'
    | 'attempt'
    | 'startedAt'
    | 'endedAt'
    | 'ms'
    | 'recoveries'
    | 'state'
    | 'key'
    | 'params'
    | 'asked'
    | 'given'
    | 'error'
  >
>;

/** The table of finished nodes of a former run, in pages that are small enough to travel. */
export interface Table {
  readonly run: string;
  /** Whether what an operator gave in an output's place counts too: in resumes of that run alone. */
  readonly withGiven: boolean;
  readonly pages: number;
}

/** An operator's decision, by the key that the pipeline asks for. */
export interface Decided {
  readonly key: Digest;
  readonly outputs: FoundOutputs;
  readonly run: string;
  readonly by: string;
  readonly why: string;
  /** What the graph tells of it. */
  readonly told: Made;
}

/** What a run carries through continue-as-new: where its pages are. */
export interface Journal {
  readonly startedAt: number;
  /** Blobs with rows, each as long as an answer may be. */
  readonly pages: readonly Digest[];
  /** Bytes of all pages together. */
  readonly bytes: number;
  /** What people answered, in its order. */
  readonly answers?: readonly NamedAnswer[];
  /** Questions that nobody had answered, and when each was asked: their deadlines run on. */
  readonly asked?: readonly AskedApproval[];
}

export interface AskedApproval {
  readonly name: string;
  /** Where it is asked; former releases did not say. */
  readonly scope?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A person's answer to an approval. */
export interface NamedAnswer {
  readonly name: string;
  /** Where it was asked; former releases did not say. */
  readonly scope?: string;
  readonly approved: boolean;
  readonly by: string;
  readonly why: string;
}

/** What the engine has done by way of the server. */
export interface ServerActivities {
  /** Does nothing: it is asked for to begin a new Workflow task. */
  'trainyard.next'(): Promise<void>;
}

/**
 * The few Activities of the engine that are not nodes: they run in the Workflow worker, as Local Activities. What they
 * are given never leaves that worker and may be long; their answers become part of the history and are kept short.
 */
export interface EngineActivities {
  /** Outputs of as many of the first keys as fit into an answer, of one at least; null where there are none. */
  'trainyard.lookup'(keys: readonly Digest[]): Promise<(FoundOutputs | null)[]>;
  /**
   * Records that a run started, once; gives the worker's commit, and the table of the run named or of the run of this
   * pipeline that it most resembles, with its first page.
   */
  'trainyard.begin'(
    start: RunStart,
    using: string | null,
  ): Promise<{ readonly commit: string | null; readonly table: Table | null; readonly rows: readonly Row[] }>;
  /** A page of a table, counted from 0. */
  'trainyard.table'(table: Table, page: number): Promise<readonly Row[]>;
  /** An artifact's value: whole, or a part of its JSON text from a place on. */
  'trainyard.value'(
    ref: Ref,
    from: number,
  ): Promise<{ readonly value: Json } | { readonly text: string; readonly next: number | null }>;
  /** Stores a value that a person gave in an output's place. */
  'trainyard.give'(kind: string, value: Json): Promise<Ref>;
  /** Records what stands in a failed call's place in all runs of the lineage, by decision of an operator. */
  'trainyard.decided'(lineage: string, decided: Decided): Promise<void>;
  /** Puts a value that is too long to travel into the store, where it is kept as long as the run is open. */
  'trainyard.keep'(value: unknown): Promise<Digest>;
  /** Saves the whole graph of a run, the last of its nodes and parts of the earlier ones, and how the run ended. */
  'trainyard.saveGraph'(graph: GraphRecord, parts: readonly Digest[]): Promise<void>;
  /** Saves what a run carries when it continues as new. */
  'trainyard.saveJournal'(run: string, journal: Journal): Promise<Digest>;
  'trainyard.loadJournal'(journal: Digest): Promise<Journal>;
  'trainyard.loadPage'(page: Digest): Promise<readonly CarriedRow[]>;
  /** Keeps a study as it is now, whole, under its run. */
  'trainyard.saveStudy'(study: KeptStudy): Promise<void>;
  /** A page of the study that was kept of a run, from this trial on; null when there is none. */
  'trainyard.loadStudy'(run: string, from: number): Promise<KeptStudy | null>;
  /** What a study of the library suggests next; computed beside the Workflow, since it may take long. */
  'trainyard.suggest'(ask: SuggestionAsk): Promise<SuggestionAnswer>;
}

/** Outputs of a call that was found, by port. */
export type FoundOutputs = { readonly [port: string]: Ref };
