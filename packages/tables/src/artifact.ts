import { join as joinPath } from 'node:path';
import type { Database } from './database.js';
import type { Column, TableRow } from './rows.js';
import { sql, type Sql } from './sql.js';
import { UserError } from '@trainyard/errors';

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
  refuseLost(columns);
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
  refuseLost(columns);
  return { value: { rows, columns: [...columns] }, files: { [TABLE_FILE]: { path } } };
}

/** Throws a UserError for a name that no JavaScript object keeps as its own when it is assigned: a model would lose it. */
function refuseLost(columns: readonly Column[]): void {
  if (!columns.some(({ name }) => name === '__proto__')) return;
  throw new UserError('a column cannot be called "__proto__": rows and models would lose it', {
    where: { column: '__proto__' },
    remedy: 'rename it where the table is made',
  });
}

/** Reads all rows of a table file, the row identity included: for tables known to be small. */
export async function readRows<Row extends object = TableRow>(database: Database, path: string): Promise<Row[]> {
  return database.rows<Row>(sql`FROM read_parquet(${path})`);
}
