import type { CallOptions, ColumnOf, Fit, Handle, Report, RowOf, Table } from '../../core/index.js';
import * as contract from './contract.js';
import type { CompareFigures, ProfileFigures } from './contract.js';

function profileOf<const T>(
  args: {
    readonly table: T & Fit<'explore.profile', 'table', Table, T>;
    /** The column to predict: its balance, and what it depends on. */
    readonly label?: ColumnOf<RowOf<T>>;
    /** A column that says which part a row belongs to: rows that two parts share are warned of. */
    readonly part?: ColumnOf<RowOf<T>>;
    /** The page's heading. */
    readonly title?: string;
    /** Draws the rows that are shown as points. */
    readonly seed?: number;
  },
  options?: CallOptions,
): Handle<Report<ProfileFigures>> {
  return contract.profile(args as never, options);
}

/** Profiles a table. Spread, so that the contract's own, looser call is no second signature. */
export const profile = Object.assign(profileOf, { ...contract.profile });

function compareTables<const R, const T>(
  args: {
    readonly reference: R & Fit<'explore.compare', 'reference', Table, R>;
    readonly table: T & Fit<'explore.compare', 'table', Table, T>;
    /** What reports call the two. Default `reference` and `table`. */
    readonly names?: readonly [reference: string, table: string];
    /** The column to predict: classes that are new are worse than categories. */
    readonly label?: ColumnOf<RowOf<T>>;
    /** Columns that are left out, such as numbers of rows. */
    readonly except?: readonly (ColumnOf<RowOf<T>> | ColumnOf<RowOf<R>>)[];
    /** Chance of any finding where nothing has moved. Default 0.05. */
    readonly alpha?: number;
    /** Least share of rows that has to lie elsewhere. Default 0.1. */
    readonly minEffect?: number;
    /** The page's heading. */
    readonly title?: string;
  },
  options?: CallOptions,
): Handle<Report<CompareFigures>> {
  return contract.compare(args as never, options);
}

/** Sets a table beside a reference, such as validation beside training, or this month beside the last one. */
export const compare = Object.assign(compareTables, { ...contract.compare });
