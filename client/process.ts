import { fileURLToPath } from 'node:url';
import type { Webhook } from '../core/config.js';
import { asPart, type Part } from '../core/part.js';
import type { ProcessFacts } from '../core/process-facts.js';
import type { PartsOnHand } from '../core/provided-parts.js';
import type { Store } from '../store/index.js';
import type { TrainyardClient } from './client.js';
import type { RunReader } from './run/run-view.js';

/** What the Activities of a process work with, in the worker that serves Workflows. */
export interface ProcessServices {
  readonly client: TrainyardClient;
  readonly store: Store;
  /** For those that look at what nodes read: absent in a test of a process that does not. */
  readonly project?: ProjectServices;
}

/** What a project has at hand beside its nodes. */
export interface ProjectServices {
  /** Its folder on this machine. */
  readonly folder: string;
  /** The parts of the package and of its plugins. */
  readonly parts: PartsOnHand;
  /** The value of a secret of its configuration. Throws TY-CONFIG where there is none. */
  secret(name: string): string;
  /** Who is told of events, over HTTP. */
  readonly webhooks: readonly Webhook[];
  /** A text without the values of its secrets. */
  hide(text: string): string;
}

/** Where a process stands, in few words: for a line of the terminal and a row of the run page. */
export interface ProcessWords {
  /** How far it is, 0 to 1; absent where nobody can know. */
  readonly fraction?: number | undefined;
  /** Time that is left, ms; absent where it is not known. */
  readonly leftMs?: number | undefined;
  /** What is said of it, in its order. A line that is too long shortens, then leaves out, the highest rank first. */
  readonly parts: readonly { readonly rank: number; readonly texts: readonly string[] }[];
}

/** How a process is seen from outside, while it goes on and after it has ended. */
export interface ProcessView<State> {
  /**
   * Reads what it says of itself, of the Workflow (`asked`) or of the store; undefined where neither knows it. Called
   * every second while somebody looks; `known` is what was read last.
   */
  read(reader: RunReader, id: string, known: State | undefined): Promise<State | undefined>;
  say(state: State, now: number): ProcessWords;
}

/** A durable process as its author writes it. */
export interface ProcessSpec<State> {
  /** Its Workflow type, never reused for another meaning. A pipeline cannot be called so. */
  readonly name: string;
  /** One line for the catalogue, and for people that a run waits for. */
  readonly title: string;
  /**
   * The module that the Workflow bundle takes, and the export that is the Workflow. It takes one argument: what
   * `ProcessInput` says, and, after it continued as new, what it has carried on.
   */
  readonly workflow: { readonly module: URL; readonly export: string };
  readonly versions: ProcessFacts['versions'];
  /** Default `by itself`. */
  readonly ends?: ProcessFacts['ends'];
  /** Default `again`; `given` for what people or the world have decided. */
  readonly repeated?: ProcessFacts['repeated'];
  /** Default false. */
  readonly grows?: boolean;
  /**
   * Makes its Activities, once for each code of the project that a worker takes up: functions by their names, which are
   * unique among the processes of a project, such as `countersign.send`.
   */
  readonly activities?: () => Promise<(services: ProcessServices) => object>;
  /** Absent where nobody watches it from a run. */
  readonly view?: () => Promise<ProcessView<State>>;
  /** A page of its own: `:id` stands for its Workflow id. */
  readonly page?: { readonly path: string; readonly title: string };
  /** The command by which people use it, for the catalogue: `study`. */
  readonly command?: string;
}

/** A durable process: a Workflow beside pipelines, for which a run may wait, or which lives for months by itself. */
export interface DurableProcess<State = unknown> extends Part<'process'>, ProcessSpec<State> {}

/** Declares a durable process. A plugin brings it by exporting it from its entry `./parts`. */
export function durableProcess<State = unknown>(spec: ProcessSpec<State>): DurableProcess<State> {
  const { workflow, versions, ends = 'by itself', repeated = 'again', grows = false } = spec;
  const place = { file: fileURLToPath(workflow.module), exportName: workflow.export };
  const facts = { workflow: place, versions, ends, repeated, grows };
  return asPart({ part: 'process' as const, facts, ...spec });
}
