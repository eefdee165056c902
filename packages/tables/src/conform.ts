import { UserError, type Place } from '@trainyard/errors';
import type { Database } from './database.js';
import { DUCKDB_TYPES, type Column } from './rows.js';
import type { ColumnType } from './schema.js';
import { id, join, sql, Sql } from './sql.js';

/**
 * Types whose every value another type holds exactly, so that a column may be read as that: a whole number has one text,
 * a day one first moment; a number such as 1.50 has not.
 */
const HOLDS: Readonly<Record<ColumnType, readonly ColumnType[]>> = {
  integer: ['number', 'text'],
  boolean: ['text'],
  date: ['timestamp', 'text'],
  number: [],
  timestamp: [],
  text: [],
};

/** SQL for a column's values as those of another type that holds each exactly; `undefined` where it may not. */
export function heldAs(column: Column, type: ColumnType): Sql | undefined {
  const cell = id(column.name);
  if (column.type === type) return cell;
  if (!HOLDS[column.type].includes(type)) return undefined;
  return sql`${cell}::${Sql.of(DUCKDB_TYPES[type])}`;
}

/** SQL for a column without a value as one of a type. */
export function emptyOf(type: ColumnType): Sql {
  return sql`NULL::${Sql.of(DUCKDB_TYPES[type])}`;
}

/** Of these columns of a relation those that have no value in any row. */
export async function emptyColumns(database: Database, from: Sql, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const counted = names.map((name, i) => sql`count(${id(name)}) AS ${id(`n${i}`)}`);
  const counts = await database.row<Record<string, number>>(sql`SELECT ${join(counted)} FROM ${from}`);
  return new Set(names.filter((_, i) => counts[`n${i}`] === 0));
}

/**
 * SQL for the rows of a table whose columns are of the types that a model was trained on, as its own rows were. A column
 * of another type is read as the expected one where that holds each of its values exactly, or where it has none. Throws
 * a UserError that names the column where it cannot. Columns that are not expected stay as they are; expected ones that
 * are not there are left to who needs them.
 */
export async function conformed(
  database: Database,
  table: string,
  columns: readonly Column[],
  expected: readonly Column[],
  said: { readonly table: string; readonly where: Place },
): Promise<Sql> {
  const types = new Map(expected.map(({ name, type }) => [name, type]));
  const other = columns.filter(({ name, type }) => types.has(name) && types.get(name) !== type);
  if (other.length === 0) return id(table);
  const unheld = other.filter((column) => !heldAs(column, types.get(column.name) ?? column.type));
  const empty = await emptyColumns(
    database,
    id(table),
    unheld.map(({ name }) => name),
  );
  const wrong = unheld.find(({ name }) => !empty.has(name));
  if (wrong) {
    throw new UserError(`column "${wrong.name}" of ${said.table} is not of the type that it had in training`, {
      where: { ...said.where, column: wrong.name },
      expected: types.get(wrong.name) ?? '',
      actual: wrong.type,
      remedy: `give all tables one schema, or read them as one and split that: a column's type follows from the cells that it has`,
    });
  }
  const cells = columns.map((column) => {
    const type = types.get(column.name) ?? column.type;
    return sql`${heldAs(column, type) ?? emptyOf(type)} AS ${id(column.name)}`;
  });
  return sql`(SELECT ${join(cells)} FROM ${id(table)})`;
}
