import type { z } from 'zod';
import type { Kind } from './kinds.js';
import type { AnyContract } from './node.js';
import type { Ports } from './wiring.js';

/** What the catalogue says of a function that calls several nodes. */
export interface CompositeSpec<P extends z.ZodObject = z.ZodObject> {
  /** `family.step`, as pipelines call it: `ingest.csv`. No node has this name. */
  readonly name: string;
  /** One line for the catalogue. */
  readonly title: string;
  /** What it takes beside handles, for people to read: the function's own types are what the editor checks. */
  readonly params: P;
  readonly inputs: Ports;
  /** What its result holds; `out` is the result itself, where that is a handle. */
  readonly outputs: Ports | Kind;
  /** The nodes that it calls, in that order: these are what runs, what is cached and what a run's graph shows. */
  readonly nodes: readonly AnyContract[];
}

/** A function that calls several nodes, with what the catalogue says of it. */
export interface AnyComposite {
  readonly composite: CompositeSpec;
}

const BRAND = Symbol.for('trainyard.composite');

/** A schema for each option of a function that is no handle. */
type Described<Args, I extends Ports> = { readonly [Name in Exclude<keyof Args, keyof I> & string]-?: z.ZodType };

/**
 * Names a function of a plugin that calls several nodes, so that `trainyard plugins` finds it by the name that pipelines call
 * it by. It does nothing else: the function is called as before, and its nodes stand in the graph of a run under their own names.
 */
export function composite<Call extends (options: never, ...more: never[]) => unknown, const I extends Ports>(
  spec: Omit<CompositeSpec, 'params' | 'inputs'> & {
    readonly params: z.ZodObject<Described<Parameters<Call>[0], I>>;
    readonly inputs: I;
  },
  call: Call,
): Call & AnyComposite {
  return Object.assign(call, { composite: spec as CompositeSpec, [BRAND]: true });
}

export function isComposite(value: unknown): value is AnyComposite {
  return typeof value === 'function' && BRAND in value;
}
