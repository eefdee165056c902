import type { Sql } from '@trainyard/tables/sql';
import type { z } from 'zod';
import type { Label } from '../label.js';
import type { Lesson } from '../lesson.js';
import type { Sample } from './sample.js';

/** All features of the training part, as selections look at them. */
export interface Candidates {
  readonly lesson: Lesson;
  /** Their names. */
  readonly names: readonly string[];
  /** A feature by its index: a DOUBLE, NULL where it is missing. */
  x(feature: number): Sql;
  /** Of some rows, drawn by the seed: for what needs a model. */
  sample(): Promise<Sample>;
  /** Throws a UserError where the recipe does not say the label. */
  label(): Label;
}

export interface Scored {
  readonly score: number;
  /** How likely a score this high is by chance, where there is a test of it. */
  readonly chance?: number;
  readonly kept: boolean;
}

/** A way to choose among features, with a score for each. Each is a file here and two lines in `index.ts`. */
export interface Selector<Schema extends z.ZodObject = z.ZodObject> {
  /** Parameters; `by` is the literal that names it. */
  readonly schema: Schema;
  readonly needsLabel: boolean;
  /** What each of the features gets, in the same order. Throws a UserError where a feature is none that it can score. */
  select(selection: z.output<Schema>, features: readonly number[], candidates: Candidates): Promise<Scored[]>;
}

export function selectorOf<const Schema extends z.ZodObject>(selector: Selector<Schema>): Selector<Schema> {
  return selector;
}
