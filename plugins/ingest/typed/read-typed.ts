import {
  id,
  inner,
  join,
  ROW_ID,
  sql,
  writeTable,
  type Database,
  type TableOutput,
  type TableSchema,
} from '@trainyard/tables';
import { inferTypes, readColumns, valueColumn, type Reading } from './columns.js';
import { rowIdentity } from './identity.js';
import { keepOf, type Where } from './keep.js';
import { checkNames, columnsToRead, requireName } from './names.js';
import { RECORD, type RawText } from './raw-text.js';
import { refuseViolations } from './violations.js';

const IDENTITY = inner('identity');

/** How a source's cells are read as a table, whatever the source. */
export interface TypedParams {
  readonly schema?: TableSchema | undefined;
  /** Texts that stand for a missing cell, where cells are text. */
  readonly missing: readonly string[];
  readonly key: readonly string[];
  readonly where: Where;
}

/**
 * Reads what a source gave as a table with row identities: decides types over all rows, checks the schema, writes.
 * Throws a UserError naming file, line, column, what was expected and what is there when a cell is not what the schema
 * says. `scratch` is the folder that the table is written into.
 */
export async function readTyped(
  database: Database,
  raw: RawText,
  params: TypedParams,
  scratch: string,
): Promise<TableOutput> {
  checkNames(raw);
  const names = raw.columns.map(({ name }) => name);
  const wanted = columnsToRead(names, params.schema, raw.name);
  for (const column of params.key) requireName(names, column, 'key', raw.name);
  for (const column of Object.keys(params.where)) requireName(names, column, 'where', raw.name);

  const keep = keepOf(raw, params.where, params.missing);
  const readings = await readingsOf(database, raw, wanted, params);
  const chunks = await readColumns(database, raw, readings, keep, params.missing);
  await refuseViolations(database, raw, chunks);
  const { identity, from } = await rowIdentity(database, raw, params, keep);
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

async function readingsOf(
  database: Database,
  raw: RawText,
  wanted: readonly string[],
  { schema, missing }: TypedParams,
): Promise<Reading[]> {
  const places = new Map(raw.columns.map(({ name }, index) => [name, index]));
  const columns = wanted.map((name) => {
    const index = places.get(name) ?? 0;
    return { name, index, schema: schema?.columns[name], type: raw.columns[index]?.type };
  });
  const open = columns.filter((column) => !column.schema && !column.type).map(({ index }) => index);
  const inferred = await inferTypes(database, raw, open, missing);
  return columns.map(({ name, index, schema: given, type }) => ({
    name,
    index,
    schema: given ?? { type: type ?? inferred.get(index) ?? 'text', nullable: true },
  }));
}
