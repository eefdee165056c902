export {
  COLUMN_TYPES,
  ROW_ID,
  tableSchema,
  tableSchemaJson,
  tableSchemaParam,
  written,
  type ColumnSchema,
  type ColumnType,
  type TableSchema,
  type Written,
} from './schema.js';
export { Database, withDatabase, type DatabaseOptions } from './database.js';
export {
  rawColumn,
  rawName,
  readRaw,
  RECORD,
  RECORD_NAME,
  type LeftOut,
  type RawColumn,
  type RawText,
  type RecordPlace,
} from './raw-text.js';
export type { ColumnBatch } from './column-batch.js';
export { clashOf, foldName, inner, INNER, innerName, isInner, requireNames } from './inner.js';
export { id, join, sql, Sql, type SqlValue } from './sql.js';
export { type Column, type TableCell, type TableRow, type TableValue } from './rows.js';
export { openTable, readRows, TABLE_FILE, writeTable, type TableFiles, type TableOutput } from './artifact.js';
export { carriedRules, type CarriedRule } from './carried.js';
export { dataColumns, requireColumn } from './columns.js';
export { readAs, readNumber, SAID } from './read-as.js';
export { readNonFinite, readWritten, sayWritten } from './read-written.js';
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
export { finite, numberStatistics, type NumberStatistics } from './statistics.js';
export { copyIdentity, ORIGIN } from './row-identity.js';
export { requireRepeating } from './classes.js';
export { spellingsOf, spellingWarnings } from './spellings.js';
export { conformed, emptyColumns, emptyOf, heldAs } from './conform.js';
export { mayRepeat } from './repeats.js';
export type { SqlFunction, SqlFunctionType } from './sql-function.js';
export { bad, isOverLimit, sayLimit, sayLine, type Bad, type BadInput, type QuarantineLine } from './bad.js';
export { firstLines, overLimit, quarantineLines, writeQuarantine, type Fault, type RowPlace } from './quarantine.js';
