import type { CallOptions, ColumnOf, Fit, Handle, Report, RowOf, SealedTable, Table } from '../../core/index.js';
import { randomSplit, stratifiedSplit, type SplitFigures } from './contract.js';

/** The three parts of a table. Only `evaluate.final` opens the test part. */
export interface Parts<Row> {
  readonly train: Handle<Table<Row>>;
  readonly validation: Handle<Table<Row>>;
  readonly test: Handle<SealedTable<Row>>;
  /** What the split did, and whether rows of one part stand in another. */
  readonly leaks: Handle<Report<SplitFigures>>;
}

interface Shares<T> {
  /** Share of the test part. Default 0.2. */
  readonly test?: number;
  /** Share of the validation part. Default 0.2. */
  readonly validation?: number;
  /** A column whose equal values stay together in one part: a patient, a nest, a shop. */
  readonly group?: ColumnOf<RowOf<T>>;
  /** Another seed deals the rows anew; it is not the seed of the run. Default 0. */
  readonly seed?: number;
}

function dealByIdentity<const T>(
  args: Shares<T> & { readonly table: T & Fit<'split.random', 'table', Table, T> },
  options?: CallOptions,
): Parts<RowOf<T>> {
  return randomSplit(args as never, options) as Parts<RowOf<T>>;
}

function dealByClass<const T>(
  args: Shares<T> & {
    readonly table: T & Fit<'split.stratified', 'table', Table, T>;
    /** The column of classes. */
    readonly label: ColumnOf<RowOf<T>>;
    /** The same shares of each class, to a row; a row may then change its part when rows are added. Default false. */
    readonly exact?: boolean;
  },
  options?: CallOptions,
): Parts<RowOf<T>> {
  return stratifiedSplit(args as never, options) as Parts<RowOf<T>>;
}

// The contracts are spread, so that their own, looser calls are no second signatures.

/**
 * Deals rows to three parts by a hash of their identity: a row never changes its part, whatever rows are added or
 * removed and whatever its label becomes; rows that were equal when they were ingested stay together.
 */
export const random = Object.assign(dealByIdentity, { ...randomSplit });

/**
 * Deals as `split.random` does, and sees to it that each part has rows of each class. Shares of a class then vary as
 * chance has it, because nothing that follows other rows could keep a row in its part; `exact` trades that away.
 */
export const stratified = Object.assign(dealByClass, { ...stratifiedSplit });
