import { join as joinPath } from 'node:path';
import type { Database } from './database.js';
import { requireNames } from './inner.js';
import { ROW_ID } from './schema.js';
import type { Column, TableRow } from './rows.js';
import { sql, type Sql } from './sql.js';
import { sayNearest, UserError } from '@trainyard/errors';

/** The one file of a table artifact, sealed ones included. */
export const TABLE_FILE = 'data.parquet';

/** A table artifact as an input of a node: gives the path of a file of it. */
export interface TableFiles {
  path(file: string): Promise<string>;
}

/** A table output: the file stays where it was written until the store takes it. */
export interface TableOutput {
  readonly value: { rows: number; columns: { name: string; type: Column['type'] }[] };
  readonly files: { readonly [TABLE_FILE]: { readonly path: string } };
}

/** Makes a table artifact, or several one after the other, readable under a name; returns its columns. */
export async function openTable(
  database: Database,
  name: string,
  artifact: TableFiles | readonly TableFiles[],
): Promise<Column[]> {
  const artifacts = 'path' in artifact ? [artifact] : artifact;
  const columns = await database.view(name, await Promise.all(artifacts.map((one) => one.path(TABLE_FILE))));
  requireNames(columns.map((column) => column.name));
  return columns;
}

/** Writes what a query gives as a table output. `name` tells outputs of one node apart within its scratch folder. */
export async function writeTable(
  database: Database,
  query: Sql,
  scratch: string,
  name = 'table',
): Promise<TableOutput> {
  const path = joinPath(scratch, `${name}.parquet`);
  const { rows, columns } = await database.write(query, path);
  requireNames(columns.map((column) => column.name));
  return { value: { rows, columns: [...columns] }, files: { [TABLE_FILE]: { path } } };
}

/** Reads all rows of a table file, the row identity included: for tables known to be small. */
export async function readRows<Row extends object = TableRow>(database: Database, path: string): Promise<Row[]> {
  return database.rows<Row>(sql`FROM read_parquet(${path})`);
}

/** The columns that hold data: all but the row identity. */
export function dataColumns(columns: readonly Column[]): Column[] {
  return columns.filter((column) => column.name !== ROW_ID);
}

/** The column of a name; throws a UserError that offers the nearest one when there is none. */
export function requireColumn(columns: readonly Column[], name: string, said: string): Column {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  const names = dataColumns(columns).map((column) => column.name);
  throw new UserError(`${said} names column "${name}", which the table does not have`, {
    where: { column: name },
    expected: `one of ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`,
    remedy: sayNearest(name, names),
  });
}
