import { asPart, type Part } from '../core/part.js';
import type { Json } from '../core/json.js';
import type { Portable } from './portable.js';

/** A model as an export format gets it. */
export interface PortableModel extends Portable {
  /** Its name in the registry, else its kind. */
  readonly name: string;
  /** Names of the features, in their order. */
  readonly features: readonly string[];
  /** Names of the numbers of an answer, in their order. */
  readonly outputs: readonly string[];
}

/** A tensor that an export takes or gives: its name there, its type, and its shape, where null stands for the rows. */
export interface ExportedTensor {
  readonly name: string;
  readonly type: 'float32' | 'float64';
  readonly shape: readonly (number | null)[];
}

/** What a format makes of a model. */
export interface WrittenExport {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly input: ExportedTensor;
  readonly output: ExportedTensor;
  /** What a reader must know besides, as plain data. */
  readonly also?: Readonly<Record<string, Json>>;
  /** How far an answer may lie from ours, in units of the larger of it and 1. */
  readonly tolerance: number;
}

/** An export as its own runtime opened it. */
export interface OpenedExport {
  /** Such as `onnxruntime 1.30.0`. */
  readonly runtime: string;
  /** Our answers `[rows, outputs]` for features `[rows, width]`, that are ready. */
  score(features: Float64Array, rows: number): Promise<Float64Array>;
  dispose(): Promise<void>;
}

/** Precision in which an export keeps its weights, where it is less than that of the arithmetic. */
export const PRECISIONS = ['float16', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** How a model is to be written. */
export interface WriteOptions {
  /** Folder of the user's project, where packages that go into the export are looked for. */
  readonly project: string;
  /** One of the format's `precisions`; undefined: all that training gave. */
  readonly precision?: Precision | undefined;
}

export interface ExportFormatSpec {
  /** Such as `onnx`. */
  readonly name: string;
  /** One line for the catalogue. */
  readonly title: string;
  /** Why this model cannot be given; undefined where it can. Looks, and computes nothing. */
  refuses(model: PortableModel): string | undefined;
  /** Precisions of weights that it can write beside the full one. Default: none. */
  readonly precisions?: readonly Precision[];
  /** Its files. Throws a UserError where a part of the model has no counterpart. */
  write(model: PortableModel, options: WriteOptions): Promise<WrittenExport>;
  /**
   * Opens the files of `write` in a folder, with the runtime of the format, looked for from the folder of the user's project. Throws a
   * UserError that says how to get it where there is none.
   */
  open(folder: string, model: PortableModel, project: string): Promise<OpenedExport>;
}

/** A file format of other tools in which models are given away. */
export interface ExportFormat extends Part<'export format'>, ExportFormatSpec {}

/** Declares an export format. A plugin brings it by exporting it from its entry `./parts`. */
export function exportFormat(spec: ExportFormatSpec): ExportFormat {
  return asPart({ part: 'export format' as const, ...spec });
}
