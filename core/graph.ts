import type { ErrorRecord } from '@trainyard/errors';
import type { Json } from './json.js';
import type { Ref } from './kinds.js';
import type { Compared } from './reading.js';

export type NodeState = 'waiting' | 'running' | 'paused' | 'found' | 'done' | 'failed' | 'skipped' | 'cancelled';

/** One node call (or durable child) as the graph shows it. Times are the Workflow's, in ms since the epoch. */
export interface GraphNode {
  /** Unique within the run, stable over replays: `n1`, `n2`, … in the order of calling. */
  readonly call: string;
  readonly node: string;
  readonly kind: 'node' | 'child' | 'gate' | 'approval';
  readonly scope: string;
  readonly title?: string;
  /** A few words said about this call. */
  readonly summary?: string;
  readonly inputs: readonly { readonly port: string; readonly from: string; readonly fromPort: string }[];
  state: NodeState;
  key?: string;
  params?: Json;
  outputs?: { readonly [port: string]: Ref };
  pool?: string;
  /** What TensorFlow computes it on, for nodes that compute with it. */
  backend?: string;
  worker?: string;
  device?: string;
  attempt?: number;
  startedAt?: number;
  endedAt?: number;
  /** Its place among all that the pipeline saw end, from 1 on: a resume sees it in the same order. */
  order?: number;
  /** Milliseconds of computation; for found nodes absent. */
  ms?: number;
  error?: ErrorRecord;
  /** While it waits for an operator: outputs that need a value to skip it, and pools that can be chosen. */
  choices?: { readonly ports: readonly string[]; readonly pools: readonly string[] };
  /** What operators decided after it had failed, oldest first. */
  recoveries?: {
    readonly action: string;
    readonly by: string;
    readonly why: string;
    readonly at: number;
    readonly params?: { readonly [name: string]: Json };
    readonly pool?: string;
  }[];
  /** Its outputs were given by an operator: they stand for this run and its resumes alone. */
  given?: boolean;
  /** The parameters that the pipeline asked for, where an operator had it computed with others: `params` are these. */
  asked?: Json;
  /** For gates and approvals. */
  decision?: {
    readonly passed: boolean;
    readonly evidence: Json;
    /** What a gate has read of the evidence, and what it held against what. */
    readonly compared?: Compared;
    readonly by?: string;
    readonly why?: string;
  };
  /** For children: the Workflow id. */
  workflowId?: string;
  /** For children that a repetition takes as given: what they gave, where that is no artifact. */
  result?: Json;
}

/** The whole graph of a run: what happened and what waits, drawn at any moment. */
export interface GraphRecord {
  readonly format: 1;
  readonly run: string;
  readonly pipeline: string;
  readonly lineage: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly params: Json;
  readonly cause: Json;
  readonly seed: number;
  /** It took nothing from other runs. */
  readonly fresh?: true;
  /** Build of the Workflow's code. */
  readonly build?: string;
  startedAt: number;
  endedAt?: number;
  readonly nodes: GraphNode[];
  /** Places of what ended beside the nodes: children, answers of people, long values that were read. */
  others?: readonly (readonly [order: number, what: string])[];
  /** The figure that stands for the run: what a contract declares as its `facts.metric`, such as the F1 on sealed rows. */
  metric?: RunMetric;
  /** Sources that it read on from where the last run had come to. */
  readOn?: readonly ReadOn[];
  result?: Json;
  error?: ErrorRecord;
}

/** A source that a run read on: where the run before it had come to, and what says how far it has come itself. */
export interface ReadOn {
  readonly from: Ref;
  readonly to: Ref;
  /** Where in the value of `to`. */
  readonly path: readonly string[];
}

/** A figure with its name. */
export interface RunMetric {
  readonly name: string;
  readonly value: number;
}

/** What an approval is called for people: its name, within its scope where it has one. */
export function approvalName({ scope, name }: { readonly scope: string; readonly name: string }): string {
  return scope === '' ? name : `${scope}/${name}`;
}

/** What a run's Workflow is asked for its graph, by the query `graph`: what has changed since an answer before. */
export interface GraphAsk {
  /** Of the answer before. */
  readonly part: string;
  /** Of the answer before. */
  readonly at: number;
}

/** The graph with those nodes that have changed, as many as fit into an answer; `nodes` is in no order. */
export interface GraphAnswer extends GraphRecord {
  /** Part of the run that answers, since it may continue as new: other nodes stand in its graph then. */
  readonly part: string;
  /** How many changes the answer knows of. */
  readonly at: number;
  /** How many changes there have been: more than `at` while there is more to ask for. */
  readonly changes: number;
}
