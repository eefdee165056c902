import { UserError } from '@trainyard/errors';
import type { ColumnType } from '@trainyard/tables/schema';

/** What a cell of a row may be: what Parquet, CSV and a JSON request give. `null`, `undefined` and NaN are missing. */
export type Cell = number | string | boolean | null | undefined;
/** A row by column name. Columns that the transform does not use may be there; they are not looked at. */
export type FeatureRow = Readonly<Record<string, Cell>>;

export function isMissing(cell: Cell): cell is null | undefined {
  return cell === null || cell === undefined || (typeof cell === 'number' && Number.isNaN(cell));
}

/** The number in a cell, `undefined` where it is missing. Throws a UserError for anything else. */
export function numberOf(cell: Cell, column: string): number | undefined {
  if (typeof cell === 'number') return Number.isNaN(cell) ? undefined : cell;
  if (cell === null || cell === undefined) return undefined;
  throw otherThan('number', column, cell);
}

/** Milliseconds since 1970 of a time's canonical text, `undefined` where it is missing. */
export function timeOf(cell: Cell, column: string): number | undefined {
  if (isMissing(cell)) return undefined;
  const ms = typeof cell === 'string' ? Date.parse(cell) : NaN;
  if (Number.isNaN(ms)) throw otherThan('timestamp', column, cell);
  return ms;
}

const SAID: Readonly<Record<ColumnType, string>> = {
  number: 'a number',
  integer: 'a number',
  text: 'text',
  boolean: 'true or false',
  timestamp: 'a time',
  date: 'a date',
};

/** A cell that is not what its column is read as. */
export function otherThan(type: ColumnType, column: string, cell: unknown): UserError {
  return new UserError(`column "${column}" does not hold ${SAID[type]}`, {
    where: { column },
    expected: `${SAID[type]}, or null where it is missing`,
    actual: `${typeof cell} ${JSON.stringify(cell)?.slice(0, 80)}`,
  });
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const ZONED = /(Z|[+-]\d\d:?\d\d)$/;

/**
 * A cell as its column's type has it, in the one form that steps know: a time is ISO 8601 text in UTC as rows of a table
 * give it, whatever zone or form the request used; text stays the text that it is; what a column of text was given as a
 * number or boolean becomes its text.
 */
export function readCell(cell: Cell, type: ColumnType, column: string): Cell {
  if (isMissing(cell)) return undefined;
  switch (type) {
    case 'text':
      return typeof cell === 'string' ? cell : String(cell);
    case 'boolean':
      return cell === 'true' ? true : cell === 'false' ? false : cell;
    case 'timestamp':
      return typeof cell === 'string' && TIMESTAMP.test(cell) ? cell : timeText(cell, type, column);
    case 'date':
      return typeof cell === 'string' && DATE.test(cell) ? cell : timeText(cell, type, column).slice(0, -14);
    case 'number':
    case 'integer':
      return cell;
  }
}

/** Without a zone a time is in UTC, as in tables. */
function timeText(cell: Cell, type: ColumnType, column: string): string {
  const text = typeof cell === 'string' ? cell.trim().replace(' ', 'T') : '';
  const ms = Date.parse(text.includes('T') && !ZONED.test(text) ? `${text}Z` : text);
  if (Number.isNaN(ms)) throw otherThan(type, column, cell);
  return new Date(ms).toISOString();
}
