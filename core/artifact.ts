import type { Json } from './json.js';
import type { Kind, Ref, ValueOf } from './kinds.js';

/** An artifact given to a node: read-only, its bytes checked against their digests as they are read. */
export interface InputArtifact<K extends Kind = Kind> {
  readonly ref: Ref<K>;
  /** The artifact's value: a report's figures, a JSON value, a summary of other kinds. */
  readonly value: ValueOf<K>;
  /** Names of its files, sorted. */
  readonly files: readonly string[];
  /** Path of a file of the artifact on this machine, verified. It must not be written to. */
  path(file: string): Promise<string>;
  bytes(file: string): Promise<Uint8Array>;
  text(file: string): Promise<string>;
}

/** What a node gives for one output: its value, its files, or both. */
export interface OutputArtifact<K extends Kind = Kind> {
  /** JSON; required for `json` and `report`, where the contract's schema checks it, a small summary elsewhere. */
  readonly value?: ValueOf<K> extends object ? ValueOf<K> | Json : Json;
  /** Contents by file name: bytes, text, or the path of a file in `ctx.scratch`. */
  readonly files?: Readonly<Record<string, Uint8Array | string | { readonly path: string }>>;
}
