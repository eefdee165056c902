/** What makes SQL text and knows columns, without a database: pure, for code that a pipeline imports. */
export { id, join, sql, Sql, type SqlValue } from './sql.js';
export { COLUMN_TYPES, ROW_ID, type ColumnType } from './schema.js';
export { DUCKDB_TYPES, type Column, type TableCell, type TableRow } from './rows.js';
export {
  exactMean,
  exactParts,
  exactSum,
  exactTotal,
  exactUnits,
  scaled,
  scaleOf,
  unitOf,
  unscaled,
  type Scale,
} from './exact-sums.js';
export { finite, numberStatistics } from './statistics.js';
export type { Database } from './database.js';
export { dataColumns, requireColumn } from './columns.js';
export type { SqlFunction, SqlFunctionType } from './sql-function.js';
export { foldName, inner, innerName } from './inner.js';
export { MONTHS } from './months.js';
