import { digestText, type Digest } from './digest.js';
import type { ErrorRecord } from '@trainyard/errors';
import type { GraphNode } from './graph.js';
import { canonical, type Json } from './json.js';
import type { KeyedParts } from './key.js';
import type { Ref } from './kinds.js';
import type { StudyGrowth } from './study/ask.js';

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
  /** Overrides what the pipeline says. */
  readonly onFailure?: 'fail' | 'pause';
  /** Compute every node anew, whatever other runs have; what this run and its resumes computed is still found. */
  readonly fresh?: true;
  /** For a run of a part of the graph: what is kept of a former run, and what is not run. */
  readonly part?: PartialRun | StoredPart;
  /** How the studies of the run that this one resumes are grown. */
  readonly grow?: StudyGrowth;
  /** Set by continue-as-new only: what the earlier part of this run has finished. */
  readonly carried?: CarriedRun;
}

/**
 * Which part of a graph to run. Calls are named by `callLabel`: scope, node and parameters, since their order says
 * nothing.
 */
export interface PartialRun {
  /** Outputs taken as they are, by label. */
  readonly keep: { readonly [label: string]: { readonly [port: string]: Ref } };
  /** Keys of calls whose outputs are kept, by label: with them their place in the order in which calls ended is known. */
  readonly keys?: { readonly [label: string]: string };
  /** Results of durable children (studies, label reviews), taken as they are, by label. */
  readonly children?: { readonly [label: string]: Json };
  /** Parameters that replace those given by name, by label: what an operator decided when a call had failed. */
  readonly instead?: { readonly [label: string]: { readonly [name: string]: Json } };
  /** Labels of calls that are not run, nor anything that needs them. */
  readonly never: readonly string[];
}

/** A partial run as it travels: pages in the store, each a JSON artifact that is a `PartialRun`; together they are it. */
export interface StoredPart {
  readonly pages: readonly Ref[];
}

/** How a call is named in a partial run; a durable child by its workflow, with its name in the place of parameters. */
export function callLabel(scope: string, node: string, params: Json): string {
  return `${scope}|${node}|${digestText(canonical(params)).slice('sha256-'.length, 'sha256-'.length + 16)}`;
}

/** The label of a call that stands in a graph, by what the pipeline asked for. */
export function labelOf({ scope, node, kind, summary, params, asked }: GraphNode): string {
  return callLabel(scope, node, kind === 'child' ? (summary ?? '') : (asked ?? params ?? null));
}

/** The label of all calls of a node in a scope, whatever their parameters. */
export function anyCallLabel(scope: string, node: string): string {
  return `${scope}|${node}|*`;
}

/** What an operator decides about a node that failed and waits. */
export interface Recovery {
  /** The call's id in the graph. */
  readonly call: string;
  readonly action: 'retry' | 'skip' | 'fail';
  readonly by: string;
  readonly why: string;
  /** For `retry`: other parameters, replacing those given by name. */
  readonly params?: { readonly [name: string]: Json };
  /** For `retry`: another pool. */
  readonly pool?: string;
  /** For `skip`: by output port, a value (JSON and reports) or a reference to an artifact. */
  readonly outputs?: { readonly [port: string]: Json };
}

/** State handed on when a run continues as new. */
export interface CarriedRun {
  /** Blob that says where the pages with the finished nodes are. */
  readonly journal: Digest;
  readonly generation: number;
}

/** Temporal waits this much longer for a node than the node may take, ms: its worker ends it in time and says so. */
export const TIMEOUT_GRACE_MS = 5_000;

/** Longest time, ms, for which Temporal takes a node to be waiting for a device where it is to be executed. */
export const DEVICE_WAIT_MS = 7 * 24 * 3_600_000;

/** What a study tells of a call that belongs to one of its trials. */
export interface TrialFacts {
  readonly number: number;
  /** What the node reports is judged while it runs. */
  readonly live: boolean;
  /** More may be asked of the same: its last checkpoint is kept. */
  readonly goesOn: boolean;
  /** Key of the call from whose last checkpoint it goes on. */
  readonly from?: Digest;
}

/** What a node reports at a step: a number, or figures of any depth, such as `{ loss: 0.3, f1: { macro: 0.9 } }`. */
export type Reported = number | { readonly [name: string]: Reported };

/** What a node has reported, by rising step; null stands for a number that was none. */
export type ReportList = readonly (readonly [step: number, value: Reported | null])[];

/** What a node's Activity is sent: the task, or where the rest of it is when parameters and inputs are too long to travel. */
export type SentTask = NodeTask | (Omit<NodeTask, 'params' | 'inputs'> & { readonly rest: Digest });

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
  /** With it the whole identity can be read from the record of the execution. */
  readonly keyed?: KeyedParts;
  /** Place in the pipeline for people, such as `tune/trial 3`. */
  readonly scope: string;
  /** Call id in the graph. */
  readonly call: string;
  readonly pool: string;
  readonly trial?: TrialFacts;
  /** Why it opens a sealed test set, and the person who said so where one was asked. */
  readonly opening?: { readonly reason: string; readonly by?: string };
  /** Attempts that failed before this Activity's first: a light node's, where the Workflow is. */
  readonly failedInline?: number;
  /** From the contract that the run was started with. */
  readonly settings: {
    readonly attempts: number;
    readonly light: boolean;
    readonly memory?: string;
    /** For a node that needs a device, which it may wait for where it is executed: */
    readonly onDevice?: {
      /** its own time with the grace, ms; Temporal waits longer for it, */
      readonly timeMs: number;
      /** and the longest wait, ms. */
      readonly queueMs?: number;
    };
  };
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
