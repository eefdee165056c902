import type { z } from 'zod';
import type { Backend } from './config.js';
import type { Digest } from './digest.js';
import type { Json } from './json.js';
import type { Reported } from './task.js';
import type { InputArtifact, OutputArtifact } from './artifact.js';
import type { Kind } from './kinds.js';
import type { Ports } from './wiring.js';
import type { SealedOpening } from './records.js';

export type InputArtifacts<I extends Ports> = {
  readonly [Port in keyof I]: I[Port] extends { arity: 'many' }
    ? readonly InputArtifact<I[Port]>[]
    : I[Port] extends { arity: 'optional' }
      ? InputArtifact<I[Port]> | undefined
      : InputArtifact<I[Port]>;
};

export type OutputArtifacts<O extends Ports | Kind> = O extends Kind
  ? OutputArtifact<O>
  : { readonly [Port in keyof O]: O[Port] extends Kind ? OutputArtifact<O[Port]> : never };

/** What a node may use of its surroundings. `Client` is what programs ask for runs and models; the layer above core has it. */
export interface NodeContext<Client = unknown> {
  /** 32 bits, from the run's seed and the node's key. Throws TY-NODE-SEED unless the contract says `seeded: true`. */
  readonly seed: number;
  /** Intra-op threads that it may compute with. */
  readonly threads: number;
  /** What TensorFlow must compute on, where the contract says `tensorflow: true`; undefined in runs of before it was keyed. */
  readonly backend: Backend | undefined;
  /** Aborted when the node is cancelled, times out, or its worker shuts down. */
  readonly signal: AbortSignal;
  /** A folder of its own, removed afterwards. */
  readonly scratch: string;
  /** The device it is pinned to: `cpu`, or `gpu:0` and so on. */
  readonly device: string;
  readonly run: { readonly id: string; readonly lineage: string; readonly pipeline: string; readonly cause: Json };
  /** The call's place in the pipeline, such as `tune/trial 3`. */
  readonly scope: string;
  readonly attempt: number;
  /**
   * The key of the call's identity, `sha256-` and 64 hexadecimal digits: the same in all attempts, on whatever worker, and
   * in all resumes of the run; another for other parameters, inputs or code, and, where the contract declares an
   * effect, in every other lineage of runs. Send it with a request that must not be served twice (an idempotency key).
   */
  readonly key: Digest;
  /**
   * What opened the sealed artifact at an input before this call did, the first one first: a figure on rows that others have
   * seen says less. Empty for an input that is not sealed. The same again when the call is computed again.
   */
  openedBefore(port: string): Promise<readonly SealedOpening[]>;
  /** A line for the node's log, kept with the run. */
  log(message: string): void;
  /** How far it is: a fraction from 0 to 1 and a few words; shown live. */
  progress(fraction: number, message?: string): void;
  /**
   * What it has reached at a step, in the unit of what is tuned: a number, or figures shaped like the node's own value,
   * of which a study takes the one that its objective names. Steps rise. In a study with a pruner this may be the end:
   * then it rejects, and `signal` is aborted. Elsewhere it does nothing, so a node may always report.
   */
  report(step: number, value: Reported): Promise<void>;
  /** More of the same may be asked (`continuesOver`): save a checkpoint at the end. */
  readonly goesOn: boolean;
  /** State to resume from after a crash. Saving is atomic; the newest state wins; it is dropped once the node is done. */
  readonly checkpoint: {
    save(state: Uint8Array): Promise<void>;
    load(): Promise<Uint8Array | undefined>;
  };
  /** The value of a secret that temporal.config.ts names: hidden in logs and errors, refused in outputs; no part of a key. */
  secret(name: string): string;
  /** A client to the same Temporal and store, for nodes with effects (registry, deployment). Connected at first use. */
  client(): Promise<Client>;
}

export interface NodeCall<P extends z.ZodType, I extends Ports, Client = unknown> {
  readonly params: z.output<P>;
  readonly inputs: InputArtifacts<I>;
  readonly ctx: NodeContext<Client>;
}
