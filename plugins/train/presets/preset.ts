import type { z } from 'zod';
import type { LayersInput, Shape } from '../layers/index.js';

/** A feature that holds codes: its place in the row, and how many different ones there are. */
export interface CodeColumn {
  readonly at: number;
  readonly codes: number;
}

/** A net for a kind of data, made from a few settings: layers as one would write them. */
export interface Preset<Settings extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** With the literal `preset`. */
  readonly settings: Settings;
  /** Layers for rows of this shape, up to the one that the task adds. `codes` are the features that the transform gives as codes. */
  layers(settings: z.output<Settings>, input: Shape, codes: readonly CodeColumn[]): LayersInput;
}

export const preset = <Settings extends z.ZodObject>(one: Preset<Settings>): Preset<Settings> => one;
