import type { CallOptions, ColumnOf, Fit, Handle, Report, RowOf, Table } from '../../core/index.js';
import * as contract from './contract.js';
import type { JoinFigures } from './contract.js';

/** The columns of both rows, where both are known. */
type Joined<Left, Right> = unknown extends Left
  ? Left
  : unknown extends Right
    ? unknown
    : Left & { readonly [Name in Exclude<keyof Right, keyof Left>]: Right[Name] | null };

function joinTables<const L, const R>(
  args: {
    readonly table: L & Fit<'tables.join', 'table', Table, L>;
    readonly other: R & Fit<'tables.join', 'other', Table, R>;
    /** Columns of the table, each with the column of the other one that it equals. */
    readonly on: { readonly [Name in ColumnOf<RowOf<L>>]?: ColumnOf<RowOf<R>> };
    /** Columns that are added. Default: all but the keys. */
    readonly columns?: readonly ColumnOf<RowOf<R>>[];
    /** What the names of new columns begin with, where the table has such names. */
    readonly prefix?: string;
    /** What is done about rows without a partner. Default `keep`: their new cells are missing, and they are counted. */
    readonly unmatched?: 'keep' | 'refuse';
  },
  options?: CallOptions,
): { readonly table: Handle<Table<Joined<RowOf<L>, RowOf<R>>>>; readonly report: Handle<Report<JoinFigures>> } {
  return contract.join(args as never, options) as never;
}

/**
 * Adds columns of another table by keys. Each row keeps its identity and its place: a key that two rows of the other table have is
 * refused, since rows would be multiplied; rows without a partner are kept with missing cells, and counted.
 */
export const join = Object.assign(joinTables, { ...contract.join });
