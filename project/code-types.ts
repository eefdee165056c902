import type { BroughtPart, PartFacts } from '../core/part.js';
import type { Json } from '../core/json.js';
import type { Placed } from '../core/runtime-kind.js';
import type { CodeParts } from './code-parts.js';

/** Where an export of a plugin's worker module is, and which code it is. */
interface ExportedCode {
  /** Hash of what the export is made of. */
  readonly hash: string;
  /** Module to import, compiled and named by its content: it can still be run when the project has moved on. */
  readonly module: string;
  readonly exportName: string;
  /** Where it was compiled from: the packages that it imports are looked for from there. */
  readonly source: string;
  /** What the hash was taken of, for saying what has changed. */
  readonly parts: CodeParts;
}

/** The work of a node. Its hash is part of every key of the node. */
export interface NodeCode extends ExportedCode {
  readonly node: string;
  /** Parts of plugins that open what it takes: they are in its hash, and are what it finds when it runs. */
  readonly opens?: readonly BroughtPart[] | undefined;
  /** The runtime that runs it and its program there, where that is more than the module. */
  readonly program?: { readonly runtime: string; readonly said: Json } | undefined;
  /** What that program is made of: it is in the hash. */
  readonly placed?: Placed | undefined;
}

/** A part that a plugin brings beside nodes. */
export interface PartCode extends ExportedCode {
  readonly brings: PartFacts;
}

/** The plugin that code comes with, and its entry there. */
interface Place {
  readonly plugin: string;
  readonly entry: string;
}

/** Codes of a project, or of some of its plugins. */
export interface Codes {
  readonly nodes: readonly (NodeCode & Place)[];
  readonly brought: readonly (PartCode & Place)[];
}
