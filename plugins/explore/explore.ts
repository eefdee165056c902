import type { CallOptions, ColumnOf, Fit, Handle, Report, RowOf, Table } from '../../core/index.js';
import { profile as contract, type ProfileFigures } from './contract.js';

function profileOf<const T>(
  args: {
    readonly table: T & Fit<'explore.profile', 'table', Table, T>;
    /** The column to predict: its balance, and what it depends on. */
    readonly label?: ColumnOf<RowOf<T>>;
    /** The page's heading. */
    readonly title?: string;
  },
  options?: CallOptions,
): Handle<Report<ProfileFigures>> {
  return contract(args as never, options);
}

/** Profiles a table. Spread, so that the contract's own, looser call is no second signature. */
export const profile = Object.assign(profileOf, { ...contract });
