import type { Sql } from '@trainyard/tables/sql';
import type { TransformStep } from '@trainyard/transforms';
import type { z } from 'zod';
import type { Figures } from '../figures.js';
import type { Lesson } from '../lesson.js';
import type { Limits } from '../numbers.js';

/** What stands in for a missing value, and how a column of numbers is brought to a common scale. */
export interface NumberSpec {
  readonly column: string;
  readonly fill: 'median' | 'mean' | number;
  readonly scale: ScaleName;
  readonly indicator: boolean;
  readonly clip: number;
}

export type ScaleName = 'standard' | 'min-max' | 'robust' | 'none';

/** A column of numbers of the training part, as a shape looks at it. */
export interface NumberColumn {
  readonly lesson: Lesson;
  /** The same of this column alone: what looks at no other is asked there. */
  readonly alone: Figures;
  readonly spec: NumberSpec;
  /** Its finite values; NULL for all others. */
  readonly x: Sql;
  /** With at least one value. */
  readonly limits: Limits;
  /** What stands in for a missing value. */
  readonly fill: number;
  readonly median: number;
  readonly mean: number;
}

export interface Shaped {
  readonly step: TransformStep;
  /** `standard`, `log, then standard`. */
  readonly how: string;
  readonly learnt: string;
}

/** What is done to numbers on their way to a feature. Each is a file here and a line in `index.ts`. */
export interface Shape<Schema extends z.ZodObject = z.ZodObject> {
  /** Parameters; `by` is the literal that names it. All but that have defaults. */
  readonly schema: Schema;
  /** The label's values decide. */
  readonly needsLabel?: (shape: z.output<Schema>) => boolean;
  /** Throws a UserError where the values are none that it can take. */
  fit(shape: z.output<Schema>, column: NumberColumn): Promise<Shaped>;
}

export function shapeOf<const Schema extends z.ZodObject>(shape: Shape<Schema>): Shape<Schema> {
  return shape;
}
