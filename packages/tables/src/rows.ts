import type { ColumnType } from './schema.js';

/** A cell as rows give it: times as ISO 8601 text in UTC, integers as numbers, missing as `null`. */
export type TableCell = number | string | boolean | null;
export type TableRow = Readonly<Record<string, TableCell>>;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** The value of a table artifact. */
export interface TableValue {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** DuckDB's type for each of ours. */
export const DUCKDB_TYPES: Readonly<Record<ColumnType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
};

/** Our type for a DuckDB type, or `undefined` for nested and other types that a table does not hold. */
export function columnType(duckdbType: string): ColumnType | undefined {
  if (/^(DOUBLE|FLOAT|DECIMAL\b.*)$/.test(duckdbType)) return 'number';
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(duckdbType)) return 'integer';
  if (/^(VARCHAR|UUID|ENUM\b.*|"NULL"|SQLNULL)$/.test(duckdbType)) return 'text';
  if (duckdbType === 'BOOLEAN') return 'boolean';
  if (/^TIMESTAMP/.test(duckdbType)) return 'timestamp';
  return duckdbType === 'DATE' ? 'date' : undefined;
}

/** A value as DuckDB's binding gives it, as a cell. */
export function cellOf(value: unknown, type: ColumnType | undefined): TableCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return type === 'date' ? value.toISOString().slice(0, 10) : value.toISOString();
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return String(value);
}
