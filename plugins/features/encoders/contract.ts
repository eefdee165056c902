import type { TransformStep } from '@trainyard/transforms';
import type { z } from 'zod';
import type { Counts, Lesson } from '../lesson.js';

/** A column of categories of the training part, as an encoder looks at it. */
export interface CategoryColumn {
  readonly lesson: Lesson;
  readonly column: string;
  readonly counts: Counts;
  /** Values that enough rows have, sorted by code unit; all others are as good as unknown. */
  readonly kept: readonly string[];
  /** The most frequent value. */
  readonly mode: string;
  readonly missing: 'auto' | 'feature' | 'mode' | 'zeros';
  readonly unknown: 'auto' | 'feature' | 'zeros';
}

export interface Encoded {
  readonly step: TransformStep;
  readonly how: string;
  readonly learnt: string;
  readonly ifMissing: string;
  readonly ifUnknown: string;
}

/** How categories become numbers. Each is a file here and a line in `index.ts`. */
export interface Encoder<Schema extends z.ZodObject = z.ZodObject> {
  /** Parameters; `by` is the literal that names it. All but that have defaults. */
  readonly schema: Schema;
  /** The label's values decide. */
  readonly needsLabel: boolean;
  /** Knows `missing: 'feature'` and `'zeros'`, and `unknown`: it has a feature for each value. */
  readonly features: boolean;
  encode(encoder: z.output<Schema>, column: CategoryColumn): Promise<Encoded>;
}

export function encoderOf<const Schema extends z.ZodObject>(encoder: Encoder<Schema>): Encoder<Schema> {
  return encoder;
}
