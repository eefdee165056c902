import { asPart, type Part } from '../core/part.js';
import type { Json } from '../core/json.js';
import { partsOnHand, type PartsOnHand } from '../core/provided-parts.js';
import type { Tensor } from './tensors.js';

/** Files that weights were published in, by their names, which may hold slashes. */
export interface PretrainedFiles {
  /** Sorted by code unit. */
  readonly names: readonly string[];
  /** Throws a UserError where there is no such file. */
  bytes(name: string): Promise<Uint8Array>;
  text(name: string): Promise<string>;
  /** Path on this machine, for libraries that read files. It must not be written to. */
  path(name: string): Promise<string>;
}

/** What the person who opens them says beside the files. */
export interface PretrainedAsk {
  /** Steps of a text: longer ones are cut. */
  readonly steps: number;
}

/** A tensor as it stands in the files: its shape is known before its numbers are read. */
export interface StoredTensor {
  /** What its origin calls it. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Numbers, row-major. */
  values(): Promise<Tensor['values']>;
}

/** A layer of ours in the place of one or several of the origin. */
export interface PretrainedLayer {
  /** As plain data: what `model` of `train.layeredNet` takes. */
  readonly layer: Json;
  /** What its origin calls it: `conv2d_1 (Conv2D)`. */
  readonly origin: string;
  /** Its weights by our names, such as `kernel`; of a residual none. */
  readonly weights?: Readonly<Record<string, StoredTensor>>;
  /** The layers within a residual. */
  readonly of?: readonly PretrainedLayer[];
}

/** How raw text becomes the codes that a net takes. */
export interface PretrainedText {
  /** Steps of a text. */
  readonly steps: number;
  /** The tokenizer's settings, as plain data. */
  readonly tokenizer: Json;
  /** Words, each at its code. */
  readonly vocabulary: readonly string[];
}

/** A net as its files describe it: all of it is known, and nothing of its weights is read. */
export interface PretrainedNet {
  /** Shape of a row. */
  readonly input: readonly number[];
  readonly layers: readonly PretrainedLayer[];
  /** What is made of the last layer's numbers: probabilities of one class, of each class by itself, or nothing. */
  readonly ends: 'softmax' | 'sigmoid' | 'plain';
  readonly text?: PretrainedText | undefined;
  /** Where it comes from: the program and version that wrote it. */
  readonly made?: string | undefined;
}

/** A way in which trained weights are published, as its author writes it. */
export interface PretrainedFormatSpec {
  readonly name: string;
  readonly title: string;
  /** Whether files of these names are of this format. At most one format says so of any files. */
  takes(names: readonly string[]): boolean;
  /**
   * Describes the net. Happens before weights are read. Throws a UserError that names every layer without a counterpart among ours, and
   * one for files that are damaged.
   */
  read(files: PretrainedFiles, ask: PretrainedAsk): Promise<PretrainedNet>;
}

export interface PretrainedFormat extends Part<'pretrained format'>, PretrainedFormatSpec {}

const SORT = 'pretrained format';

/** Declares a format of pretrained weights. A plugin brings it by exporting it from its entry `./parts`. */
export function pretrainedFormat(spec: PretrainedFormatSpec): PretrainedFormat {
  return asPart({ part: SORT as 'pretrained format', opens: SORT, ...spec });
}

/** All formats of this process, by name. */
export async function formatsOnHand(parts: PartsOnHand | undefined = partsOnHand()): Promise<PretrainedFormat[]> {
  const names = [...((await parts?.names(SORT)) ?? [])].sort();
  return Promise.all(names.map(async (name) => (await parts!.find(SORT, name)) as PretrainedFormat));
}
