import type { Digest } from './digest.js';
import type { ErrorRecord } from './errors/index.js';
import type { Json } from './json.js';
import type { Ref } from './kinds.js';

/** The one argument of a pipeline's Workflow. */
export interface PipelineInput {
  readonly params: Json;
  readonly seed?: number;
  /** What started the run: `{ kind: 'person' | 'schedule' | 'drift' | …, … }`. */
  readonly cause?: Json;
  /** The first run that this one resumes; the run itself when absent. */
  readonly lineage?: string;
  /** A run whose finished nodes are looked up first. */
  readonly using?: string;
  /** Set by continue-as-new only: what the earlier part of this run has finished. */
  readonly carried?: CarriedRun;
}

/** State handed on when a run continues as new. */
export interface CarriedRun {
  /** Blob with the table of finished nodes and the graph so far. */
  readonly journal: Digest;
  readonly generation: number;
}

/** What a node's Activity is given: references only, never data. */
export interface NodeTask {
  readonly run: { readonly id: string; readonly lineage: string; readonly pipeline: string; readonly cause: Json };
  readonly node: string;
  readonly version: string;
  readonly code: string;
  readonly key: Digest;
  readonly params: Json;
  readonly inputs: { readonly [port: string]: Ref | readonly Ref[] };
  /** Present when the contract is seeded. */
  readonly seed?: number;
  readonly threads: number;
  /** Place in the pipeline for people, such as `tune/trial 3`. */
  readonly scope: string;
  /** Call id in the graph. */
  readonly call: string;
  readonly pool: string;
  /** From the contract that the run was started with. */
  readonly settings: { readonly attempts: number; readonly light: boolean; readonly memory?: string };
}

/** What a node's Activity answers. */
export interface NodeResult {
  readonly outputs: { readonly [port: string]: Ref };
  /** True when another run had computed it meanwhile. */
  readonly found: boolean;
  readonly worker: string;
  readonly device: string;
  readonly attempt: number;
  /** Milliseconds of the computation itself. */
  readonly ms: number;
}

/** What a node's heartbeat carries. */
export interface NodeProgress {
  /** Call id in the graph. */
  readonly call?: string | undefined;
  readonly fraction: number;
  readonly message?: string | undefined;
  readonly worker: string;
  readonly device: string;
}

/** First detail of every failure that crosses Temporal. */
export type FailureDetail = ErrorRecord;
