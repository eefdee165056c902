import type { AnyContract } from './contract.js';
import type { NodeCall } from './implement.js';
import type { Json } from './json.js';
import { asPart, type Part } from './part.js';
import type { Ports } from './wiring.js';
import type { z } from 'zod';

/** One call of a node, as a runtime gets it: parameters are parsed, inputs opened, and their files verified as they are read. */
export interface RuntimeCall extends NodeCall<z.ZodType, Ports> {
  readonly contract: AnyContract;
  /** What `place` gave for the program, with the code that the call's key says. Undefined in a test of a node. */
  readonly placed?: Placed | undefined;
}

/** What a program is made of beside the module that names it, fixed by content. */
export interface Placed {
  /** A folder named by what it holds: the program can still be run when the project has moved on. */
  readonly folder: string;
  /** Where in it the parts of the program are, as its runtime reads them. */
  readonly program: Json;
  /** Hash of all that decides what the program does. It is part of every key of the node. */
  readonly hash: string;
  /** Files that the hash was taken of, relative to the project where they lie in it, with a hash of each. */
  readonly files: readonly (readonly [file: string, hash: string])[];
}

/** A program as its module says it, and where it may be placed. */
export interface PlaceOptions {
  /** Folder in which `place` makes a folder of its own. */
  readonly into: string;
  /** The project's folder, which names of files are relative to. */
  readonly root: string;
}

/** A runtime as its author writes it. */
export interface RuntimeSpec<Program> {
  /** Never reused for another meaning. */
  readonly name: string;
  /** One line for the catalogue. */
  readonly title: string;
  /**
   * Fixes what the program is made of beside the module that names it, by content: the same content gives the same hash and
   * folder, another gives others. Without it the module is all there is. A program that can be placed is plain JSON. Throws a
   * TY-CODE that says what is wrong with it.
   */
  place?(program: Program, options: PlaceOptions): Promise<Placed>;
  /**
   * Files of the project that a program is made of, and folders in which a new file would belong to it, as full paths: an edit of
   * one is an edit of the project's code.
   */
  sources?(program: Program): Promise<readonly string[]>;
  /**
   * Does the work of one call and gives what the contract promises for each output; the engine checks and stores it. What
   * it starts ends with it. It heeds `ctx.signal`, and then rejects. Throws Trainyard's errors for what people can mend, with the
   * place in their code; what it throws else is said as the node's failure.
   */
  run(program: Program, call: RuntimeCall): Promise<unknown>;
}

/**
 * A way to do the work of nodes: a function of a module in the node's own process, a program in another language, a job on a
 * cluster. Whatever does it, a node has the same contract, key, cache, checkpoints and errors.
 */
export interface Runtime<Program = never> extends Part<'runtime'>, RuntimeSpec<Program> {}

/** Declares a runtime. A plugin brings it by exporting it from its entry `./parts`. */
export function runtime<Program>(spec: RuntimeSpec<Program>): Runtime<Program> {
  return asPart({ part: 'runtime' as const, ...spec });
}
