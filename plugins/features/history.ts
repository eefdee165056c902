import type { CallOptions, ColumnOf, Duration, Fit, Handle, Report, RowOf, Table } from '../../core/index.js';
import * as contract from './contract.js';
import type { HistoryFigures } from './contract.js';

/** A new column, made of the earlier rows of the same key. */
type HistoryColumn<Column extends string> =
  | {
      readonly name: string;
      readonly of: Column;
      readonly take: 'lag';
      /** Which of the earlier rows: 1, the default, is the latest. */
      readonly back?: number;
    }
  | ({
      readonly name: string;
      readonly of: Column;
      readonly take: 'count' | 'sum' | 'mean' | 'min' | 'max' | 'deviation';
    } & (
      | { /** Of so many of the latest rows. */ readonly rows: number; readonly within?: never }
      | { /** Of the rows no longer ago than this. */ readonly within: Duration; readonly rows?: never }
    ));

/** The columns that are made: a count is always there, all else may be missing. */
type Made<Row, Columns> = Columns extends readonly (infer One)[]
  ? {
      readonly [C in One as C extends { readonly name: infer Name extends string } ? Name : never]: C extends {
        readonly take: 'lag';
        readonly of: infer Of extends keyof Row;
      }
        ? Row[Of] | null
        : C extends { readonly take: 'count' }
          ? number
          : number | null;
    }
  : unknown;

function historyOf<const T, const Columns extends readonly HistoryColumn<ColumnOf<RowOf<T>>>[]>(
  args: {
    readonly table: T & Fit<'features.history', 'table', Table, T>;
    /** Columns whose values the rows of one history share. */
    readonly key: readonly ColumnOf<RowOf<T>>[];
    /** A column of timestamps, dates or integers: what lies before what. */
    readonly order: ColumnOf<RowOf<T>>;
    /** How far before a row its past ends: `'1 day'`, or a number of the order's units. Default: all that lies before it. */
    readonly gap?: Duration;
    readonly columns: Columns;
    /** What a request calls the earlier rows of its key, which it brings along. Default `earlier`. */
    readonly earlier?: string;
  },
  options?: CallOptions,
): {
  readonly table: Handle<Table<unknown extends RowOf<T> ? unknown : RowOf<T> & Made<RowOf<T>, Columns>>>;
  readonly report: Handle<Report<HistoryFigures>>;
} {
  return contract.history(args as never, options) as never;
}

/**
 * Adds lags and figures of windows over the earlier rows of the same key. A row sees only rows that lie before it, by `gap` at
 * least; rows of one time do not see each other. How to make the columns travels with the model: a request brings the earlier rows.
 */
export const history = Object.assign(historyOf, { ...contract.history });
