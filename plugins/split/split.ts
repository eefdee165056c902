import type { CallOptions, ColumnOf, Fit, Handle, Report, RowOf, SealedTable, Table } from '../../core/index.js';
import { givenSplit, randomSplit, stratifiedSplit, timeSplit, type SplitFigures } from './contract.js';

/** A part that judges: nodes that even out rows refuse it. */
export type Judging<Row> = Handle<Table<Row>> & { readonly port: 'validation' };

/** The three parts of a table. Only nodes that say so open the test part, on the record: `evaluate.final`. */
export interface Parts<Row> {
  readonly train: Handle<Table<Row>>;
  readonly validation: Judging<Row>;
  readonly test: Handle<SealedTable<Row>>;
  /** What the split did, and whether rows of one part stand in another. */
  readonly leaks: Handle<Report<SplitFigures>>;
}

/** Parts, and the rows that are in none: those of a gap, without a time, or that would straddle. */
export interface PartsOfSome<Row> extends Parts<Row> {
  readonly unused: Handle<Table<Row>>;
}

/** What counts as nearly equal. */
export interface NearOptions<T> {
  /** Columns that are compared. Default: all. */
  readonly columns?: readonly ColumnOf<RowOf<T>>[];
  /** Columns that are not: identifiers, times of entry. */
  readonly except?: readonly ColumnOf<RowOf<T>>[];
  /** Texts may differ too: share of their 5-letter pieces that they have in common, from 0.5. Default: texts are equal. */
  readonly similarity?: number;
  /** A column of images in base 64: pictures that look alike stay together; other columns count where `columns` names them. */
  readonly picture?: ColumnOf<RowOf<T>>;
  /** Bits of 64 in which hashes of pictures may differ, from 0 to 10. Default 4. */
  readonly distance?: number;
  /** Significant digits of numbers that are compared. Default 4. */
  readonly digits?: number;
}

export interface Together<T> {
  /** A column whose equal values stay together in one part: a patient, a nest, a shop. */
  readonly group?: ColumnOf<RowOf<T>>;
  /** Rows that are equal in every column, under other identities: kept together (the default), or dealt one by one. */
  readonly equal?: 'together' | 'apart';
  /** Keeps rows together too that are equal but for case, white space and the last digits of numbers. */
  readonly near?: NearOptions<T>;
  /** Another seed deals the rows anew; it is not the seed of the run. Default 0. */
  readonly seed?: number;
}

interface Shares {
  /** Share of the test part. Default 0.2. */
  readonly test?: number;
  /** Share of the validation part. Default 0.2. */
  readonly validation?: number;
}

function dealByIdentity<const T>(
  args: Shares & Together<T> & { readonly table: T & Fit<'split.random', 'table', Table, T> },
  options?: CallOptions,
): Parts<RowOf<T>> {
  return randomSplit(args as never, options) as Parts<RowOf<T>>;
}

function dealByClass<const T>(
  args: Shares &
    Together<T> & {
      readonly table: T & Fit<'split.stratified', 'table', Table, T>;
      /** The column of classes. */
      readonly label: ColumnOf<RowOf<T>>;
      /**
       * The same shares of each class to a row (with a group: as nearly as whole groups allow); a row may then change its part
       * when rows are added. Default: true without a group.
       */
      readonly exact?: boolean;
    },
  options?: CallOptions,
): Parts<RowOf<T>> {
  return stratifiedSplit(args as never, options) as Parts<RowOf<T>>;
}

/** How time is read. */
export interface TimeOptions<T> {
  /** A column of timestamps, dates or numbers. */
  readonly time: ColumnOf<RowOf<T>>;
  /** Length of time that is left out at the end of each earlier part: `'7 days'`, or a number where the column holds numbers. */
  readonly gap?: string | number;
  /** What is done about rows without a time. Default `refuse`. */
  readonly missing?: 'refuse' | 'leave out';
}

function dealByTime<const T>(
  args: Shares &
    TimeOptions<T> & {
      readonly table: T & Fit<'split.time', 'table', Table, T>;
      /** Where validation begins (`'2013-11-01'`, in UTC), in the place of a share: later rows then change no part. */
      readonly validationFrom?: string | number;
      /** Where the test part begins, in the place of a share. */
      readonly testFrom?: string | number;
      /** A column: later rows of a group that an earlier part has are left out. */
      readonly group?: ColumnOf<RowOf<T>>;
      /** Leaves out later rows that nearly equal one of an earlier part. */
      readonly near?: NearOptions<T>;
    },
  options?: CallOptions,
): PartsOfSome<RowOf<T>> {
  return timeSplit(args as never, options) as PartsOfSome<RowOf<T>>;
}

function dealAsGiven<const T>(
  args: {
    readonly table: T & Fit<'split.given', 'table', Table, T>;
    /** The column that names parts. */
    readonly column: ColumnOf<RowOf<T>>;
    /** Its values for each part. Default: the names of the parts. */
    readonly train?: readonly string[];
    readonly validation?: readonly string[];
    readonly test?: readonly string[];
    /** What is done about rows with another value, or none. Default `refuse`. */
    readonly others?: 'refuse' | 'leave out';
  },
  options?: CallOptions,
): PartsOfSome<RowOf<T>> {
  return givenSplit(args as never, options) as PartsOfSome<RowOf<T>>;
}

// The contracts are spread, so that their own, looser calls are no second signatures.

/**
 * Deals rows to three parts by a hash of their identity: a row never changes its part, whatever rows are added or
 * removed and whatever its label becomes; rows that are equal stay together.
 */
export const random = Object.assign(dealByIdentity, { ...randomSplit });

/** Deals as `split.random` does, so that each part has the same shares of each class. */
export const stratified = Object.assign(dealByClass, { ...stratifiedSplit });

/** Deals rows in the order of their time: training, validation, test. Rows of one time stay together. */
export const time = Object.assign(dealByTime, { ...timeSplit });

/** Deals rows as one of their columns says. */
export const given = Object.assign(dealAsGiven, { ...givenSplit });
