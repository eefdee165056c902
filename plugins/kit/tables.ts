export * from '@trainyard/tables';
export type { ColumnOf, RowOf } from '../../core/rows.js';
