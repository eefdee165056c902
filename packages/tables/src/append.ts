import { DuckDBDateValue, DuckDBTimestampValue, type DuckDBAppender } from '@duckdb/node-api';
import { UserError } from '@trainyard/errors';
import type { Column, TableCell } from './rows.js';

const DAY_MS = 86_400_000;

/** Appends one cell. Throws a UserError when it is not of the column's type. */
export function append(appender: DuckDBAppender, column: Column, cell: TableCell | undefined): void {
  if (cell === null || cell === undefined) return appender.appendNull();
  const { type } = column;
  if (type === 'text' && typeof cell === 'string') return appender.appendVarchar(cell);
  if (type === 'boolean' && typeof cell === 'boolean') return appender.appendBoolean(cell);
  if (type === 'number' && typeof cell === 'number') return appender.appendDouble(cell);
  if (type === 'integer' && Number.isSafeInteger(cell)) return appender.appendBigInt(BigInt(cell));
  if ((type === 'date' || type === 'timestamp') && typeof cell === 'string') {
    const ms = Date.parse(cell);
    if (!Number.isNaN(ms)) {
      return type === 'date'
        ? appender.appendDate(new DuckDBDateValue(Math.floor(ms / DAY_MS)))
        : appender.appendTimestamp(new DuckDBTimestampValue(BigInt(ms) * 1000n));
    }
  }
  throw new UserError(`a cell of column "${column.name}" is not what the column holds`, {
    where: { column: column.name },
    expected: type,
    actual: `${typeof cell} ${JSON.stringify(cell).slice(0, 80)}`,
  });
}
