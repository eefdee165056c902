import type { CallOptions, AnyContract } from './contract.js';
import type { Handle } from './handle.js';
import type { Json } from './json.js';
import type { Compared } from './reading.js';
import { TrainyardError } from '@trainyard/errors';

/** One of the durable processes beside nodes that a pipeline can wait for: a study, a label review, an approval. */
export interface ChildCall {
  /** Workflow type of the child. */
  readonly workflow: string;
  /** What it is called in the graph, unique within its scope. */
  readonly name: string;
  readonly args: Json;
}

/** What a pipeline function runs on. The Workflow runtime is one; the testing kit's is another. */
export interface PipelineRuntime {
  /** Registers a node call and returns its handles at once, one for each output port. */
  call(contract: AnyContract, args: Readonly<Record<string, unknown>>, options: CallOptions): Record<string, Handle>;
  /** Runs `fn` with a name prefixed to all that it calls: shown to people, never part of an identity. */
  scope<T>(name: string, fn: () => T): T;
  /** Puts a recorded decision into the graph. */
  decide(decision: {
    name: string;
    kind: 'gate' | 'approval';
    passed: boolean;
    evidence: Json;
    compared?: Compared;
    after?: readonly Handle[];
    by?: string;
    why?: string;
  }): void;
  /** Runs a durable child process and gives its result. */
  child(call: ChildCall): Promise<Json>;
  /** Waits for a person's yes or no. */
  approve(ask: {
    name: string;
    question: string;
    evidence: Json;
    deadlineMs?: number;
    byDefault?: boolean;
  }): Promise<{ approved: boolean; by: string; why: string }>;
  /** The value of a JSON or report artifact, whatever its size. */
  value(handle: Handle): Promise<unknown>;
  /** About this run. */
  readonly run: RunFacts;
}

/** What a pipeline function may know of its own run. */
export interface RunFacts {
  readonly id: string;
  /** The first run of which this one is a resume, or this run itself. */
  readonly lineage: string;
  readonly pipeline: string;
  readonly seed: number;
  /** What started the run: a person, a schedule, a monitor's finding. */
  readonly cause: Json;
  /** Nothing that other runs have computed is taken: every node is computed in this lineage. */
  readonly fresh?: true;
}

const SLOT = Symbol.for('trainyard.runtime');
const holder = globalThis as { [SLOT]?: PipelineRuntime | undefined };

/** Makes a runtime the one that node calls go to. */
export function setRuntime(runtime: PipelineRuntime | undefined): void {
  holder[SLOT] = runtime;
}

/** The runtime that node calls go to; throws TY-WIRE-OUTSIDE outside a pipeline. */
export function currentRuntime(what: string): PipelineRuntime {
  const runtime = holder[SLOT];
  if (!runtime) throw new TrainyardError('TY-WIRE-OUTSIDE', { what: `${what} was called outside a pipeline` });
  return runtime;
}
