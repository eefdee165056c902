import { TrainyardError } from '@trainyard/errors';
import type { Json } from './json.js';

/**
 * Something that a plugin brings beside nodes: a way to open a model, say. A plugin brings it by exporting it
 * from its entry `./parts`, and the catalogue lists it by what stands here.
 */
export interface Part<Sort extends string = string> {
  /** What it is: `model kind`, and so on. */
  readonly part: Sort;
  /** Unique among parts of its sort. */
  readonly name: string;
  /** One line for the catalogue. */
  readonly title: string;
  /**
   * What it opens: a kind of artifacts, or what a contract asks for (`asks`). A change of its code is one of every node that
   * takes such artifacts or asks for it.
   */
  readonly opens?: string;
  /** What shared code has to know of it without loading it, as its sort says. */
  readonly facts?: { readonly [fact: string]: Json };
  /** The command by which people use it. */
  readonly command?: string;
}

/** What the catalogue says of a part. */
export type PartFacts = Pick<Part, 'part' | 'name' | 'title' | 'opens' | 'facts' | 'command'>;

/** Where a part is: the export of a compiled module. */
export interface BroughtPart extends Pick<Part, 'part' | 'name'> {
  readonly module: string;
  readonly exportName: string;
  /** Where it was compiled from: the packages that it imports are looked for from there. */
  readonly source: string;
}

const BRAND = Symbol.for('trainyard.part');

/** Marks a value as a part, so that it is found among what a module exports. Throws TY-CONFIG where its name is no name. */
export function asPart<P extends Part>(value: P): P {
  if (!/^[a-z][a-z0-9 .-]{0,79}$/.test(value.name))
    throw new TrainyardError('TY-CONFIG', {
      what: `"${value.name}" is no name for a ${value.part}`,
      expected: 'lower-case letters, digits, spaces, dots and hyphens, with a letter first; at most 80 signs',
    });
  return Object.freeze(Object.assign(value, { [BRAND]: true }));
}

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && BRAND in value;
}
