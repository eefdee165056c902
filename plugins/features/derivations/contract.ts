import type { Column } from '@trainyard/tables/sql';
import type { TransformStep } from '@trainyard/transforms';
import type { z } from 'zod';

/**
 * A way to make a column of others, row by row: nothing is learnt. Each is a file here and two lines in `index.ts`. `schema` has
 * `kind`, the literal that names it, and `name`, that of the column it makes.
 */
export interface Derivation<Schema extends z.ZodObject = z.ZodObject> {
  readonly schema: Schema;
  /** The columns that it reads. */
  reads(given: z.output<Schema>): readonly string[];
  /** Throws a UserError where one of these columns is of a type that it cannot read. */
  check(given: z.output<Schema>, columns: readonly Column[]): void;
  step(given: z.output<Schema>): TransformStep;
}

export function derivationOf<const Schema extends z.ZodObject>(derivation: Derivation<Schema>): Derivation<Schema> {
  return derivation;
}
