import { z } from 'zod';
import {
  composite,
  sealedTable,
  table,
  type CallOptions,
  type ColumnOf,
  type Fit,
  type Handle,
  type Report,
  type RowOf,
  type SealedTable,
  type Table,
} from '../../core/index.js';
import { assignFolds, takeFold, takeOuterFold, type FoldFigures } from './contract.js';
import type { Judging, TimeOptions, Together } from './split.js';

/** One fold: its rows to validate on, and the rows that train for it. */
export interface Fold<Row> {
  readonly train: Handle<Table<Row>>;
  readonly validation: Judging<Row>;
}

/** One fold of nested ones: sealed, and the rows that train for it in folds of their own, for choosing among models. */
export interface OuterFold<Row> {
  readonly train: Handle<Table<Row>>;
  readonly test: Handle<SealedTable<Row>>;
  readonly folds: Folds<Row>;
}

/** Folds in order, and what dealing rows to them did. */
export type Folds<Row> = readonly Fold<Row>[] & { readonly leaks: Handle<Report<FoldFigures>> };
export type OuterFolds<Row> = readonly OuterFold<Row>[] & { readonly leaks: Handle<Report<FoldFigures>> };

interface FoldOptions<T> extends Together<T>, Partial<TimeOptions<T>> {
  /** A column of classes: each fold then has the same shares of each. */
  readonly label?: ColumnOf<RowOf<T>>;
  /** Folds of the same size to a row, of each class where there is a label. Default: true with a label and without a group. */
  readonly exact?: boolean;
}

type Args<T> = FoldOptions<T> & {
  readonly table: T & Fit<'split.folds', 'table', Table, T>;
  /** How many. */
  readonly k: number;
};

function dealFolds<const T>(args: Args<T>, options?: CallOptions): Folds<RowOf<T>> {
  return foldsOf(args as Args<Handle<Table>>, options) as Folds<RowOf<T>>;
}

function foldsOf({ k, table: rows, ...rest }: Args<Handle<Table>>, options?: CallOptions): Folds<unknown> {
  const { folds, leaks } = assignFolds({ table: rows, k, ...rest } as never, options);
  const taken = Array.from({ length: count(k) }, (_, fold) =>
    takeFold({ table: rows, folds, fold }, { summary: `fold ${fold + 1} of ${k}` }),
  );
  return Object.assign(taken as Fold<unknown>[], { leaks: leaks as Handle<Report<FoldFigures>> });
}

type NestedArgs<T> = FoldOptions<T> & {
  readonly table: T & Fit<'split.nested', 'table', Table, T>;
  /** Outer folds, each sealed once. */
  readonly outer: number;
  /** Folds within the rest of each. */
  readonly inner: number;
};

function dealNested<const T>(args: NestedArgs<T>, options?: CallOptions): OuterFolds<RowOf<T>> {
  const { outer, inner, table: rows, ...rest } = args as unknown as NestedArgs<Handle<Table>>;
  const { folds, leaks } = assignFolds({ table: rows, k: outer, level: 'outer', ...rest } as never, options);
  const taken = Array.from({ length: count(outer) }, (_, fold) => {
    const { train, test } = takeOuterFold(
      { table: rows, folds, fold },
      { summary: `outer fold ${fold + 1} of ${outer}` },
    );
    return { train, test, folds: foldsOf({ table: train, k: inner, ...rest } as Args<Handle<Table>>, options) };
  });
  return Object.assign(taken as OuterFold<RowOf<T>>[], { leaks: leaks as Handle<Report<FoldFigures>> });
}

/** A number of folds that an array can have; the node refuses what is none. */
function count(k: number): number {
  return Number.isInteger(k) && k > 0 && k <= 100 ? k : 0;
}

const { level: _, k, ...described } = assignFolds.spec.params.shape;

/**
 * Deals rows to `k` folds, as an array of `{ train, validation }` to loop over: each row is validated on once. With `time`,
 * folds are stretches of time after a first one, and train on what lies before them.
 */
export const folds = composite(
  {
    name: 'split.folds',
    title: 'Deals rows to folds: each is validated on once, and trains in all others',
    params: z.object({ k, ...described }),
    inputs: { table },
    outputs: { train: table, validation: table },
    nodes: [assignFolds, takeFold],
  },
  dealFolds,
);

/**
 * Folds within folds: each outer fold is sealed once, and its other rows are dealt to inner folds, by which a model is
 * chosen. The mean of the figures on the outer folds judges the way of choosing, not one model.
 */
export const nested = composite(
  {
    name: 'split.nested',
    title: 'Deals rows to folds, each sealed once, and the rest of each to folds of its own',
    params: z.object({ outer: k, inner: k, ...described }),
    inputs: { table },
    outputs: { train: table, test: sealedTable },
    nodes: [assignFolds, takeOuterFold, takeFold],
  },
  dealNested,
);
