import { join as joinPath } from 'node:path';
import { carriedRules, commonRules, type CarriedRule } from './carried.js';
import type { Database } from './database.js';
import { requireNames } from './inner.js';
import type { Column, TableRow } from './rows.js';
import { sql, type Sql } from './sql.js';

/** The one file of a table artifact, sealed ones included. */
export const TABLE_FILE = 'data.parquet';

/** A table artifact as an input of a node: gives the path of a file of it, and its value, which names the rules that it carries. */
export interface TableFiles {
  path(file: string): Promise<string>;
  readonly value?: unknown;
}

/** A table output: the file stays where it was written until the store takes it. */
export interface TableOutput {
  readonly value: { rows: number; columns: { name: string; type: Column['type'] }[]; rules?: CarriedRule[] };
  readonly files: { readonly [TABLE_FILE]: { readonly path: string } };
}

/**
 * Makes a table artifact, or several one after the other, readable under a name; returns its columns. The database
 * remembers the rules that the rows have been taken through, for what is written of them.
 */
export async function openTable(
  database: Database,
  name: string,
  artifact: TableFiles | readonly TableFiles[],
): Promise<Column[]> {
  const artifacts = 'path' in artifact ? [artifact] : artifact;
  const columns = await database.view(name, await Promise.all(artifacts.map((one) => one.path(TABLE_FILE))));
  requireNames(columns.map((column) => column.name));
  for (const one of artifacts) database.carried.push(carriedRules(one));
  return columns;
}

/**
 * Writes what a query gives as a table output. `name` tells outputs of one node apart within its scratch folder. The
 * table carries the rules of the tables that were opened; where these differ, `rules` must say which: throws a UserError otherwise.
 * `filtered`: whether the query leaves rows out, as `Database.write` has to know.
 */
export async function writeTable(
  database: Database,
  query: Sql,
  scratch: string,
  name = 'table',
  {
    rules = commonRules(database.carried),
    filtered = false,
  }: { readonly rules?: readonly CarriedRule[]; readonly filtered?: boolean } = {},
): Promise<TableOutput> {
  const path = joinPath(scratch, `${name}.parquet`);
  const { rows, columns } = await database.write(query, path, { filtered });
  requireNames(columns.map((column) => column.name));
  const carried = rules.length === 0 ? {} : { rules: [...rules] };
  return { value: { rows, columns: [...columns], ...carried }, files: { [TABLE_FILE]: { path } } };
}

/** Reads all rows of a table file, the row identity included: for tables known to be small. */
export async function readRows<Row extends object = TableRow>(database: Database, path: string): Promise<Row[]> {
  return database.rows<Row>(sql`FROM read_parquet(${path})`);
}
