import type { Kind } from './kinds.js';

/** The rows that a table handle's type says it holds; `unknown` when it does not say. */
export type RowOf<T> = T extends { readonly artifact: Kind<'table', infer Row> } ? Row : unknown;

/** Names of a row type's columns; any name where the row type is not known. */
export type ColumnOf<Row> = unknown extends Row ? string : keyof Row & string;
