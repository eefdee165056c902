import type { z } from 'zod';
import type { Duration } from './duration.js';
import type { Kind } from './kinds.js';
import type { Checked, Needed, Outputs, ParamsIn, Ports } from './wiring.js';

/** What a node needs of the pool that runs it. */
export interface Resources {
  /** Processor cores; also the number of intra-op threads that it may compute with. Default 1. */
  readonly cpu?: number;
  /** Most memory its process may use, such as `'1GB'`. No limit of its own by default. */
  readonly memory?: string;
  /** Devices (GPUs), each for it alone. Default 0. */
  readonly gpu?: number;
  /** Labels that the pool must have, such as `{ zone: 'eu' }`. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Retry {
  /** Attempts in all, the first included. Default 3. Mistakes of the user are never tried again. */
  readonly attempts?: number;
  /** Wait before the second attempt; doubled for each further one. Default 1 second. */
  readonly initialInterval?: Duration;
  /** Longest wait before an attempt. Default 1 minute. */
  readonly maximumInterval?: Duration;
}

/** A node's contract as its author writes it. */
export interface NodeSpec<N extends string, P extends z.ZodType, I extends Ports, O extends Ports | Kind> {
  /** `family.step`, such as `ingest.csv`: also the Activity type in the Temporal UI. */
  readonly name: N;
  /** Raised by its author when the meaning of the node changes; part of every key. */
  readonly version: string;
  /** One line for the catalogue of nodes. */
  readonly title?: string;
  /** A zod object; its output must be JSON, since it travels and is part of the key. */
  readonly params: P;
  readonly inputs: I;
  /** One kind, or a record of them by port name. */
  readonly outputs: O;
  readonly resources?: Resources;
  readonly retry?: Retry;
  /** Longest time for one attempt. Default 1 hour. */
  readonly timeout?: Duration;
  /** Longest time to wait for a free slot, and there for a device. No limit by default. */
  readonly queueTimeout?: Duration;
  /** The node draws random numbers: `ctx.seed` is there, and the run's seed is part of its key. */
  readonly seeded?: boolean;
  /**
   * The node computes with TensorFlow, whose backends (native, WebAssembly, on a device) give other bits: its pool's is part
   * of its key, and `ctx.backend` is the one to load.
   */
  readonly tensorflow?: boolean;
  /**
   * `sealed`: the node opens sealed test sets. Each opening is on the record for good, before a byte is read, with who started
   * the run, for which model, and why (`reason` of the call; needed from the second opening of a set on); the run page and the
   * report of `evaluate.final` tell how often a set was opened before. Required with a sealed input.
   */
  readonly opens?: 'sealed';
  /**
   * What parts of plugins open for it beside its inputs, such as `source`: it finds them by name while it works, and their
   * code is part of its key.
   */
  readonly asks?: readonly string[];
  /** The node changes the world outside (deploys, promotes): it happens once per lineage of runs. */
  readonly effect?: boolean;
  /** `false`: never found, always computed. */
  readonly cache?: boolean;
  /** Parameters that change how, but not what is computed (a number of workers, say): left out of the key. */
  readonly notInKey?: readonly string[];
  /**
   * A parameter (a number) that says how far the node works, such as `epochs`. Promised with it: a call with more of it
   * that starts from the last checkpoint of a call with less, all else being equal, gives what it would have given from
   * its beginning. The two share their seed; studies run trials rung by rung with it, and `ctx.goesOn` then asks for a
   * checkpoint at the end.
   */
  readonly continuesOver?: string;
  /**
   * Which of its output values stand for the run in lists of runs (search attributes), as `port.path`: the model's name,
   * the metric, the digest of the data (a port alone). A metric is a number or `{ name, value }`; of several paths the first
   * that leads to one counts. `dataset` is the `port.path` of an input that names the data set of which `data` is a version.
   */
  readonly facts?: {
    readonly model?: string;
    readonly metric?: string | readonly string[];
    readonly data?: string;
    readonly dataset?: string;
  };
  /**
   * The node reads a source on from where the last finished run of the pipeline had come to: `since` is the input that says
   * how far that was (what `ingest.reached` gives), `reached` the `port.path` of how far it has come itself. Where the input is
   * wired, the next run goes on from there once this one is done.
   */
  readonly readsOn?: { readonly since: string; readonly reached: string };
  /**
   * The node gives the same figures within these bounds, but not the same bytes, when it is computed again: training on
   * a GPU, say. By `port.path` of a number among its output values the largest absolute difference, such as
   * `{ metrics: { 'figures.f1.macro': 0.01 } }`. `trainyard verify` compares these instead of digests where bytes differ.
   */
  readonly reproducible?: { readonly metrics: Readonly<Record<string, number>> };
  /**
   * A few milliseconds of work without large data: run in the worker itself instead of a process of its own, and, unless
   * it has an effect or needs a device or a label, where the run's Workflow is, without a trip to the server.
   */
  readonly light?: boolean;
}

/** What one call may change of the contract's settings. */
export interface CallOptions {
  /** Makes this call a computation of its own among equal calls; part of the key. */
  readonly id?: string;
  /** What the Activity is called in the Temporal UI after the node's name. */
  readonly summary?: string;
  /**
   * Why a sealed test set is opened, for a node that opens one: on the record with the opening. Needed from the second opening of a
   * set on; without it the call waits for a person to say it. No part of the key.
   */
  readonly reason?: string;
  readonly resources?: Resources;
  readonly retry?: Retry;
  readonly timeout?: Duration;
}

/** A contract, callable inside a pipeline: returns its handles at once. */
export interface Contract<N extends string, P extends z.ZodType, I extends Ports, O extends Ports | Kind> {
  readonly spec: NodeSpec<N, P, I, O>;
  <const Args extends Needed<I>>(args: Args & Checked<N, P, I, Args> & ParamsIn<P>, options?: CallOptions): Outputs<O>;
}

/** Any contract, where only its run-time face matters. */
export interface AnyContract {
  readonly spec: NodeSpec<string, z.ZodType, Ports, Ports | Kind>;
}
