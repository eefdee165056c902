import type { ErrorRecord } from '@trainyard/errors';
import type { Ref } from '../core/kinds.js';
import type { BroughtPart } from '../core/part.js';
import type { Placed } from '../core/runtime-kind.js';
import type { NodeTask, Reported } from '../core/task.js';

/** One node to run, as the worker tells an executor. */
export interface RunMessage {
  readonly type: 'run';
  readonly task: NodeTask;
  /** Module and export of the implementation. */
  readonly module: string;
  readonly exportName: string;
  /** Parts of plugins that open what the node takes. */
  readonly opens?: readonly BroughtPart[] | undefined;
  /** What the implementation's program is made of beside its module. */
  readonly placed?: Placed | undefined;
  /** Packages that the module imports, in the versions that its hash was taken with. */
  readonly packages: readonly (readonly [name: string, version: string])[];
  readonly attempt: number;
  /** The worker has counted it as begun: the process need not say so. */
  readonly begun?: boolean;
}

/** Loads a node's code, so that the first run of it need not. */
export type PrepareMessage = { readonly type: 'prepare' } & Pick<RunMessage, 'module' | 'exportName'> & {
    readonly node: string;
  };

export type ToExecutor = RunMessage | PrepareMessage | { readonly type: 'cancel' };

export type FromExecutor =
  | { readonly type: 'ready' }
  /** The node begins: its device is this process's. */
  | { readonly type: 'begun' }
  /** The node was not begun: no place on the device is free. */
  | { readonly type: 'busy' }
  /** Another process waits for the device that this one holds. */
  | { readonly type: 'wanted' }
  | { readonly type: 'progress'; readonly fraction: number; readonly message?: string | undefined }
  | { readonly type: 'report'; readonly step: number; readonly value: Reported | null }
  | { readonly type: 'log'; readonly line: string }
  /** The value of a secret that a node was given, to be hidden in all that comes from it. */
  | { readonly type: 'secret'; readonly name: string; readonly value: string }
  | ({
      readonly type: 'done';
      readonly outputs: { readonly [port: string]: Ref };
      readonly ms: number;
      readonly checkpoints: boolean;
    } & Remains)
  | ({ readonly type: 'failed'; readonly error: ErrorRecord; readonly cancelled: boolean } & Remains);

/** What is left of a node in its process, when it has ended. */
export interface Remains {
  /** Whether it may have started processes. */
  readonly started: boolean;
  /** Whether the process holds so much memory that it is replaced rather than kept warm. */
  readonly isTooLarge: boolean;
}

/** What an executor is told once, through its environment. */
export interface ExecutorSetup {
  /** Process id of the worker. */
  readonly worker: number;
  readonly store: string;
  readonly scratch: string;
  readonly device: string;
  /** A device's number on this machine, and how many nodes it takes at once. */
  readonly gpu?: { readonly number: number; readonly places: number } | undefined;
  readonly threads: number;
  readonly configFile: string;
  /** Where to read each secret; never the values. */
  readonly secrets: { readonly [name: string]: { readonly env: string } | { readonly file: string } };
}

export const SETUP_VARIABLE = 'TRAINYARD_EXECUTOR';
