import type { Digest } from '../../core/digest.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import type { KeptStudy } from '../../core/study.js';
import type { RunStart } from '../../store/runs.js';
import type { FoundOutputs } from './finder.js';

/** A page of the table of finished nodes of a former run. */
export interface TablePage {
  readonly rows: readonly (readonly [Digest, FoundOutputs])[];
  /** Where the next page starts; null at the end. */
  readonly next: number | null;
}

/** An operator's decision, by the key that the pipeline asks for. */
export interface Decided {
  readonly key: Digest;
  readonly outputs: FoundOutputs;
  readonly run: string;
  readonly by: string;
  readonly why: string;
}

/** The few Activities of the engine that are not nodes: they run in the Workflow worker, as Local Activities. */
export interface EngineActivities {
  'trainyard.lookup'(keys: readonly Digest[]): Promise<(FoundOutputs | null)[]>;
  /** Records that a run started, once, and gives the worker's commit and the first page of its table. */
  'trainyard.begin'(start: RunStart, using: string | null): Promise<TablePage & { readonly commit: string | null }>;
  /** Rows of the table of the run named, or of the run of this pipeline that it most resembles. */
  'trainyard.table'(ask: { pipeline: string; run: string; using: string | null; from: number }): Promise<TablePage>;
  'trainyard.value'(ref: Ref): Promise<Json>;
  /** Stores a value that a person gave in an output's place. */
  'trainyard.give'(kind: string, value: Json): Promise<Ref>;
  /** Records what stands in a failed call's place in all runs of the lineage, by decision of an operator. */
  'trainyard.decided'(lineage: string, decided: Decided): Promise<void>;
  /** Puts part of a graph's nodes into the store; several, since a payload is limited. */
  'trainyard.savePart'(part: {
    readonly nodes: readonly GraphNode[];
    readonly rows: readonly (readonly [Digest, FoundOutputs])[];
  }): Promise<Digest>;
  /** Saves the whole graph of a run from its parts, and how the run ended. */
  'trainyard.saveGraph'(graph: GraphRecord, parts: readonly Digest[]): Promise<void>;
  /** Joins parts to what a run carries when it continues as new. */
  'trainyard.saveJournal'(graph: GraphRecord, parts: readonly Digest[]): Promise<Digest>;
  /** Keeps a study as it is now, whole, under its run. */
  'trainyard.saveStudy'(study: KeptStudy): Promise<void>;
  /** A page of the study that was kept of a run, from this trial on; null when there is none. */
  'trainyard.loadStudy'(run: string, from: number): Promise<KeptStudy | null>;
  /** What a study of the library would suggest next; computed beside the Workflow, since it may take long. */
  'trainyard.suggest'(study: Json): Promise<Json>;
  'trainyard.loadJournal'(journal: Digest, from: number): Promise<TablePage & { readonly graph: GraphRecord | null }>;
}
