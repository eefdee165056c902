import type { Column } from '@trainyard/tables/sql';
import type { TransformStep } from '@trainyard/transforms';
import type { z } from 'zod';
import type { Lesson } from '../lesson.js';

/** What fitting made of a column. */
export interface Fitted {
  /** Steps that make features, in the order of the features. */
  readonly steps: readonly TransformStep[];
  /** How it was done, in a few words: `one-hot`, `log, then standard`. */
  readonly how: string;
  /** What was learnt, for people. */
  readonly learnt: string;
  /** Rows of the training part without a value, what such a row gets, and what one gets with a value never seen. */
  readonly missing: number;
  readonly ifMissing: string;
  readonly ifUnknown: string;
}

/** A part of a recipe that names a column. */
export interface Spec {
  readonly column: string;
}

/**
 * A way to make features of a column: a list of a recipe, such as `numeric`. Each is a file here and a line in `index.ts` and in
 * `recipe.ts`. It is pure: what it learns, it asks of the lesson.
 */
export interface FeatureKind<Schema extends z.ZodType<Spec> = z.ZodType<Spec>> {
  /** The name of its list in a recipe. */
  readonly list: string;
  /** One entry of that list. */
  readonly schema: Schema;
  /** A column stands in one list of those that say so, and once there. */
  readonly sole: boolean;
  /** Whether it makes features of columns of this type that a recipe does not name; the first kind that does is taken. */
  readonly takes?: (type: Column['type']) => boolean;
  /** Other columns that an entry names. */
  readonly others?: (spec: z.output<Schema>) => readonly string[];
  /** Learns with the label's help: the recipe must say which one it is. */
  readonly needsLabel?: (spec: z.output<Schema>) => boolean;
  /** Throws a UserError where the column is of a type that it makes nothing of. */
  check(spec: z.output<Schema>, column: Column, columnOf: (name: string) => Column): void;
  /** Throws a UserError where there is nothing to learn from. */
  fit(spec: z.output<Schema>, column: Column, lesson: Lesson): Promise<Fitted>;
}

/** A kind with its entries known by type. */
export function featureKind<const Schema extends z.ZodType<Spec>>(kind: FeatureKind<Schema>): FeatureKind<Schema> {
  return kind;
}
