import type { Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';
import type { KeyedParts } from '../core/key.js';
import type { Ref } from '../core/kinds.js';

/** What a node call gave, found again by its key. */
export interface CacheEntry {
  readonly format: 1;
  readonly key: Digest;
  readonly node: string;
  readonly outputs: { readonly [port: string]: Ref };
  /** The run that computed it. */
  readonly madeBy: string;
}

/** What an open run holds on to beside its own records: written before it is relied on, removed once the run has ended. */
export interface Need {
  /** Artifacts of results that the run found. */
  readonly artifacts?: readonly Digest[] | undefined;
  /** The run whose table of finished nodes it was given. */
  readonly run?: string | undefined;
  /** A blob of JSON that it carries or sends on: kept with all that it names. */
  readonly journal?: Digest | undefined;
}

/** Where the collector stands. Only the one who holds the collector's reservation writes it. */
export interface SweepState {
  /** Counts the sweeps that removed anything, from 1. */
  readonly sweep: number;
  /** Blobs and records are being removed now. */
  readonly removing: boolean;
  /** Grows while the collector lives. */
  readonly beat: number;
}

/** An artifact as records name it: by content, without its value. */
export interface ArtifactName {
  readonly kind: string;
  readonly digest: Digest;
  readonly size: number;
}

/** One execution of a node, written once and never changed. Times are allowed here, results have none. */
export interface NodeRecord {
  readonly format: 1;
  readonly run: string;
  readonly lineage: string;
  readonly pipeline: string;
  readonly scope: string;
  readonly node: string;
  readonly version: string;
  /** Hash of the implementation's code. */
  readonly code: string;
  readonly key: Digest;
  readonly params: Json;
  readonly inputs: { readonly [port: string]: ArtifactName | readonly ArtifactName[] };
  readonly outputs: { readonly [port: string]: ArtifactName };
  readonly seed?: number | undefined;
  readonly threads: number;
  /** The rest of the call's identity: `identityOf` gives it whole. */
  readonly keyed?: KeyedParts | undefined;
  readonly worker: string;
  readonly device: string;
  readonly pid: number;
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Blob with the node's log. */
  readonly log?: Digest | undefined;
  /** Versions of what computed it: Node, TensorFlow, DuckDB and so on. */
  readonly libraries: { readonly [name: string]: string };
}

/** That a durable process has moved facts into a page: from before it lets go of them. */
export interface PageNote {
  /** Workflow id of the process. */
  readonly process: string;
  readonly page: Digest;
}

/** How far the finished runs of a pipeline have read a source: one record for each that read it on. */
export interface Reach {
  readonly format: 1;
  /** Task queue of the project. */
  readonly project: string;
  readonly pipeline: string;
  /** Digest of the source as pipelines name it. */
  readonly source: Digest;
  /** Which finished run it was, from 1. */
  readonly place: number;
  /** Where the source is read on from. */
  readonly watermark: Json;
  readonly run: string;
  readonly lineage: string;
}

/** What an operator put in the place of a failed call, by the key that its pipeline asks for. */
export interface DecidedCall {
  readonly key: Digest;
  readonly outputs: { readonly [port: string]: Json };
  readonly run: string;
  readonly by: string;
  readonly why: string;
  /** What a graph tells of the call: given or computed otherwise, by whom. */
  readonly told?: Json;
}

export interface RunEnd {
  readonly status: 'completed' | 'failed' | 'cancelled' | 'terminated';
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  /** The figure that stands for the run. */
  readonly metric?: { readonly name: string; readonly value: number } | undefined;
  readonly result?: Json | undefined;
  readonly error?: Json | undefined;
  readonly [more: string]: Json | undefined;
}

/** What is known when a run starts. More fields may stand beside these. */
export interface RunStart {
  readonly format: 1;
  readonly id: string;
  /** The first run of which this one is a resume, or its own id. */
  readonly lineage: string;
  readonly pipeline: string;
  readonly params: Json;
  readonly seed: number;
  readonly cause: Json;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly [more: string]: Json | undefined;
}

/** One opening of a sealed test set, on the record for good. */
export interface SealedOpening {
  readonly artifact: Digest;
  /** Key of the node call that opens it. */
  readonly key: Digest;
  readonly run: string;
  readonly node: string;
  /** What the answer was wanted for. */
  readonly purpose: string;
  /** Who started the run. */
  readonly by: Json;
  /** The models that were measured on it. */
  readonly models?: readonly Digest[];
  /** Why, as the pipeline's author or a person said; always there from the second opening on. */
  readonly reason?: string;
  /** The person who said why, where one was asked. */
  readonly allowedBy?: string;
  /** ISO 8601, UTC. */
  readonly openedAt: string;
}
