import type { z } from 'zod';
import type { Database, RawText } from '@trainyard/tables';
import type { Json } from '../../core/json.js';
import { asPart, type Part } from '../../core/part.js';
import type { SourceSpec } from '../../core/source.js';

/** What a source kind may use of its surroundings. */
export interface SourceContext {
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** The project's folder on this machine: paths are relative to it. */
  readonly project: string;
  /** A folder of its own, removed afterwards. */
  readonly scratch: string;
  /** The value of a secret of temporal.config.ts. It must not go into options, files, watermarks or messages. */
  secret(name: string): string;
  /** A line for the log of whoever asks. */
  log(message: string): void;
  /** How far it is: a fraction from 0 to 1 and a few words. Tells, too, that it lives: a look without it for 30 s is given up. */
  progress(fraction: number, message?: string): void;
}

/** What a source is known by at one moment. */
export interface SourceState {
  /** Short, the same as long as the source holds the same: a digest, an ETag, the largest value of a watermark column. */
  readonly version: Json;
  /** What spares work at the next look, which gets it back: sizes and times of files. Never decides anything by itself. */
  readonly hint?: Json;
}

/** A file of a snapshot. */
export interface SnapshotFile {
  /** Its name in the snapshot's folder, without slashes. */
  readonly file: string;
  /** What people call it, as errors do: `data/2026-01.csv`. No path of this machine. */
  readonly name: string;
}

/** What was taken out of a source. Its order, names and bytes follow from what the source holds, and from nothing else. */
export interface Snapshot {
  readonly files: readonly SnapshotFile[];
  /** How far it reaches, for a source that can be read on from there: comes back as `since`. */
  readonly watermark?: Json;
  /** Where it comes from, for whoever asks later: addresses, licences, versions. No time of reading. */
  readonly provenance?: Json;
}

/** What a snapshot is asked for. */
export interface SnapshotAsk {
  /** An empty folder for its files. */
  readonly into: string;
  /** The watermark of an earlier snapshot: only what came after it is wanted. Absent: all. */
  readonly since?: Json | undefined;
  /**
   * A folder that lasts from one snapshot of this source to the next on this machine: an index, bodies with their ETags,
   * half a download. It is a cache: empty at first, emptied at any time, and a snapshot has the same bytes without it.
   * Undefined where another process holds it or none can be kept.
   */
  kept(): Promise<string | undefined>;
  readonly ctx: SourceContext;
}

/** A snapshot as it lies on this machine, opened for reading. */
export interface TakenSnapshot extends Snapshot {
  /** Path of one of its files. It must not be written to. */
  path(file: string): Promise<string>;
}

/** What a table is asked for. */
export interface TableAsk {
  /** A database for the relations that it gives; ends with the node. */
  readonly database: Database;
  /** Texts that stand for a missing cell, for kinds that say the types of cells; where cells are text they are found later. */
  readonly missing: readonly string[];
  /** Rows that cannot be read at all, such as lines that are no JSON, are left out into `leftOut`, however many, and not refused. */
  readonly setAside?: boolean;
  readonly ctx: Pick<SourceContext, 'signal' | 'scratch' | 'log'>;
}

/** How a source is looked at, taken and read. */
export interface SourceReader<Options> {
  /**
   * What the source is known by now; null while it holds nothing, or is being written. Triggers ask it, in the process of
   * the worker, as often as they are told to. `former` is what it said last.
   */
  state(
    options: Options,
    ask: { readonly former?: SourceState | undefined; readonly ctx: SourceContext },
  ): Promise<SourceState | null>;
  /**
   * Takes what the source holds into files, as streams. What it holds must be of one moment: throws a TransientError where
   * it changes meanwhile. May be killed and called again.
   */
  snapshot(options: Options, ask: SnapshotAsk): Promise<Snapshot>;
  /**
   * Whether a source with these options can be read on from an earlier snapshot's watermark. `since` is refused where it cannot;
   * without this it is given on.
   */
  readsOn?(options: Options): boolean;
  /** Reads a snapshot as rows. Pure: the same snapshot and options give the same rows in the same order. */
  toTable(snapshot: TakenSnapshot, options: Options, ask: TableAsk): Promise<RawText>;
}

/** What a source kind is, for the process that reads sources. */
export interface SourceKind<Options = unknown> extends Part<'source kind'>, SourceReader<Options> {
  readonly options: z.ZodObject;
}

/**
 * Gives a source kind its work. A plugin brings it by exporting it from its entry `./parts`; its code is part of the key of
 * each node that asks for sources.
 */
export function sourceKind<Kind extends string, Options extends z.ZodObject>(
  { spec: { name, title, options } }: SourceSpec<Kind, Options>,
  reader: SourceReader<z.output<Options>>,
): SourceKind<z.output<Options>> {
  return asPart({ part: 'source kind' as const, opens: 'source', name, title, options, ...reader });
}
