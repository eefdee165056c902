import { join as joinPath } from 'node:path';
import {
  id,
  join,
  readAs,
  ROW_ID,
  sql,
  writeTable,
  type Database,
  type Sql,
  type TableOutput,
  type TableSchema,
} from '@trainyard/tables';
import { checkText } from './decode.js';
import { columnsToRead, headerNames, requireName } from './header.js';
import { rowIdentity } from './identity.js';
import { loadCells, RAW, RECORD, textOf, type CsvSource } from './load.js';
import { csvRecords, type CsvRecord } from './records.js';
import { inferTypes, readColumns, valueColumn, type Reading } from './typed.js';
import { refuseViolations } from './violations.js';

const IDENTITY = id('identity');

type Kept = string | number | boolean;

export interface ParseParams {
  readonly schema?: TableSchema | undefined;
  readonly delimiter: string;
  readonly missing: readonly string[];
  readonly encoding: string;
  readonly key: readonly string[];
  readonly where: Readonly<Record<string, Kept | readonly Kept[]>>;
}

/**
 * Reads a CSV file as a table with row identities. Throws a UserError naming file, line, column, what was expected and
 * what is there when the file is not what its schema says.
 */
export async function parseCsv(
  database: Database,
  file: { path: string; name: string },
  params: ParseParams,
  scratch: string,
): Promise<TableOutput> {
  const { name } = file;
  const checked = await checkText({ ...file, encoding: params.encoding, copy: joinPath(scratch, 'source.utf8') });
  const names = headerNames(await firstRecord(checked.path, params.delimiter), name);
  const wanted = columnsToRead(names, params.schema, name);
  for (const column of params.key) requireName(names, column, 'key', name);
  for (const column of Object.keys(params.where)) requireName(names, column, 'where', name);

  const source: CsvSource = { path: checked.path, name, delimiter: params.delimiter, columns: names.length };
  await loadCells(database, source);
  const keep = filterOf(names, params);
  const readings = await readingsOf(database, names, wanted, params);
  const chunks = await readColumns(database, readings, sql`(FROM ${id(RAW)} WHERE ${keep})`, params.missing);
  await refuseViolations(database, source, chunks);
  const { identity, from } = await rowIdentity(database, source, names, params, keep);
  await database.run(
    sql`CREATE OR REPLACE TABLE ${IDENTITY} AS SELECT ${identity} AS ${IDENTITY} FROM ${from} WHERE ${keep} ORDER BY ${RECORD}`,
  );
  const columns = readings.map(({ name, index }) => sql`${valueColumn(index)} AS ${id(name)}`);
  // All of these tables hold the same rows in the same order.
  const tables = [IDENTITY, ...chunks.map(({ table }) => table)];
  return writeTable(
    database,
    sql`SELECT ${join([sql`${IDENTITY} AS ${id(ROW_ID)}`, ...columns])} FROM ${join(tables, ' POSITIONAL JOIN ')}`,
    scratch,
  );
}

async function firstRecord(path: string, delimiter: string): Promise<CsvRecord | undefined> {
  for await (const record of csvRecords(path, delimiter)) return record;
  return undefined;
}

async function readingsOf(
  database: Database,
  names: readonly string[],
  wanted: readonly string[],
  params: ParseParams,
): Promise<Reading[]> {
  const columns = wanted.map((name) => ({ name, index: names.indexOf(name), schema: params.schema?.columns[name] }));
  const open = columns.filter(({ schema }) => !schema).map(({ index }) => index);
  const inferred = await inferTypes(database, open, id(RAW), params.missing);
  return columns.map(({ name, index, schema }) => ({
    name,
    index,
    schema: schema ?? { type: inferred.get(index) ?? 'text', nullable: true },
  }));
}

/** The rows to keep, by numbers and booleans as such, by text as it stands in the file. */
function filterOf(names: readonly string[], { where, missing }: ParseParams): Sql {
  const conditions = Object.entries(where).map(([name, value]) => {
    const values = typeof value === 'object' ? value : [value];
    const text = textOf(names.indexOf(name), missing);
    const is = values.map((one) =>
      typeof one === 'string'
        ? sql`${text} = ${one}`
        : sql`${readAs(typeof one as 'number' | 'boolean', text)} = ${one}`,
    );
    return is.length === 0 ? sql`false` : sql`(${join(is, ' OR ')})`;
  });
  return conditions.length === 0 ? sql`true` : sql`coalesce(${join(conditions, ' AND ')}, false)`;
}
