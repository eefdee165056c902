import type { ColumnType } from '@trainyard/tables/schema';
import type { Sql } from '@trainyard/tables/sql';
import type { z } from 'zod';
import type { Cell } from '../cell.js';

/** A column that a step reads. */
export interface Read {
  readonly column: string;
  /** Its type where the transform does not say: formats 1 and 2. */
  readonly type: 'number' | 'text' | 'boolean' | 'timestamp';
  /** Values seen in fitting, where it is read as categories. */
  readonly categories?: readonly string[] | undefined;
}

/** Columns of the row at hand: the place of each among its cells, for steps in JavaScript. */
export type PlaceOf = (column: string) => number;
/** Cells of a row as `readCell` gives them. */
export type Cells = readonly Cell[];
/** Writes a step's features of a row into `into`, which is all 0 there, from `at` on. */
export type Writer = (cells: Cells, into: Float64Array, at: number) => void;

/**
 * Columns of the table at hand, for steps in SQL. Each gives an expression of one meaning whatever type the column has in
 * this table; a column that cannot be read so is told to whoever asked for the query.
 */
export interface SqlColumns {
  /** DOUBLE; NULL where it is missing or NaN. */
  number(column: string): Sql;
  /** DOUBLE: 1 where a boolean is true, 0 where it is false, a number as it is; NULL where it is missing or NaN. */
  truth(column: string): Sql;
  /** Index of the value among `keys`, which are texts as JavaScript's `String` gives them; NULL for others. */
  code(column: string, keys: readonly string[]): Sql;
  /** VARCHAR, as JavaScript's `String` gives it; NULL where it is missing. */
  text(column: string): Sql;
  /** TIMESTAMP in UTC, to the millisecond; NULL where it is missing. */
  time(column: string): Sql;
  /** BOOLEAN, whether it is missing; NaN is. */
  missing(column: string): Sql;
  /** The fold of a training row from 0 to `count` - 1, by its identity; `undefined` where the rows are no training rows. */
  fold(seed: number, count: number): Sql | undefined;
  /** Keeps an expression that several others use; gives its name. It may use what was kept before. */
  keep(expression: Sql): Sql;
}

interface AnyStepKind<Step> {
  /** Name in `transform.json`, never reused for another meaning. */
  readonly kind: string;
  /** The fitted form: plain JSON, numbers finite. */
  readonly schema: z.ZodType<Step>;
  reads(step: Step): readonly Read[];
  /**
   * Logarithms, powers and sines come from two libraries, so there SQL and JavaScript may lie apart in the last places: by
   * `2^-50 (|feature| + slack)`. Absent: not at all.
   */
  slack?(step: Step): number;
}

/** A step that makes features: finite numbers, but for steps that pass on what is missing. */
export interface FeatureStepKind<Step = unknown> extends AnyStepKind<Step> {
  readonly gives: 'features';
  /** Their names, in order. */
  features(step: Step): string[];
  writer(step: Step, placeOf: PlaceOf): Writer;
  /** One DOUBLE for each feature. */
  sql(step: Step, columns: SqlColumns): Sql[];
  /** Features may be NaN. */
  readonly passesMissing?: boolean;
}

/** A step that makes a column for the steps after it. */
export interface ColumnStepKind<Step = unknown> extends AnyStepKind<Step> {
  readonly gives: 'column';
  column(step: Step): { readonly name: string; readonly type: ColumnType };
  reader(step: Step, placeOf: PlaceOf): (cells: Cells) => Cell;
  sql(step: Step, columns: SqlColumns): Sql;
}

/**
 * A kind of step: how it is written down, and what it does with a row, in JavaScript and in SQL, which give the same. It is
 * pure and holds nothing between calls.
 */
export type StepKind<Step = unknown> = FeatureStepKind<Step> | ColumnStepKind<Step>;
