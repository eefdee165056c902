import type { CallOptions, ColumnOf, Fit, Handle, Report, RowOf, Table } from '../../core/index.js';
import { profile as contract, type ProfileFigures } from './contract.js';

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
  return contract(args as never, options);
}

/** Profiles a table. Spread, so that the contract's own, looser call is no second signature. */
export const profile = Object.assign(profileOf, { ...contract });
