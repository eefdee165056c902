import {
  id,
  inner,
  join,
  readRaw,
  ROW_ID,
  sql,
  TABLE_FILE,
  writeQuarantine,
  writeTable,
  type Database,
  type Sql,
  type TableOutput,
  type TableSchema,
} from '@trainyard/tables';
import { readColumns, valueColumn, type Chunk, type Reading } from './columns.js';
import { identityOf, mayShare, refuseBadKeys, tellRepeats } from './identity.js';
import { CHUNK, inferTypes } from './infer.js';
import { keepOf, type Where } from './keep.js';
import { missingIn, missingTexts, type MissingTexts } from './missing.js';
import { checkNames, columnsToRead, requireName } from './names.js';
import { RECORD, type RawText } from './raw-text.js';
import { quarantineOf, setAside, type Aside } from './set-aside.js';
import { checksOfChunk, refuseViolations } from './violations.js';

const [IDENTITY, KEPT] = [inner('identity'), inner('kept')];
/** What a reading stops with where a cell is not what its column was taken for. */
const OTHERWISE = 'a cell is not what its column was taken for';

/** How a source's cells are read as a table, whatever the source. */
export interface TypedParams {
  readonly schema?: TableSchema | undefined;
  /** Texts that stand for a missing cell, where cells are text; `missingTexts` says what without it. */
  readonly missing?: readonly string[] | undefined;
  readonly key: readonly string[];
  readonly where: Where;
}

/** A table as read, and what a person should know of how its columns were taken. */
export type TypedOutput = TableOutput & Pick<RawText, 'read' | 'leftOut'> & { readonly notes: readonly string[] };

/** A table as read, and the rows that were left out of it. */
export interface SiftedOutput {
  readonly table: TypedOutput;
  /** Its value has how many rows were left out (`dropped`), of how many (`read`). */
  readonly quarantine: Awaited<ReturnType<typeof writeQuarantine>>;
  /** What a place in it is. */
  readonly unit: 'line' | 'row';
}

/**
 * Reads what a source gave as a table with row identities: decides types over all rows, checks the schema, writes.
 * Throws a UserError naming file, line, column, what was expected and what is there when a cell is not what the schema
 * says. `scratch` is the folder that the table is written into.
 *
 * Types of undeclared columns are guessed from the first rows and held against every row while the table is written,
 * so that a source is read once where the guess is right; where it is not, all rows are counted and it is read again.
 */
export async function readTyped(
  database: Database,
  raw: RawText,
  params: TypedParams,
  scratch: string,
): Promise<TypedOutput> {
  return readRaw(raw, async (one) => (await readOnce(database, one, params, scratch, false)).table);
}

/** The same, but that rows with cells which are not what the schema says are left out into a quarantine, whatever their number. */
export async function siftTyped(
  database: Database,
  raw: RawText,
  params: TypedParams,
  scratch: string,
): Promise<SiftedOutput> {
  return readRaw(raw, async (one) => {
    const { table, aside } = await readOnce(database, one, params, scratch, true);
    const { dropped } = await database.row<{ dropped: number }>(
      sql`SELECT count(DISTINCT (file, place)) AS dropped FROM (${quarantineOf(one, aside)})`,
    );
    const read = table.value.rows + dropped;
    const row = sql`(file, place)`;
    const quarantine = await writeQuarantine(database, quarantineOf(one, aside), read, scratch, { row });
    return { table, quarantine, unit: aside?.inLines === false ? 'row' : 'line' };
  });
}

async function readOnce(
  database: Database,
  raw: RawText,
  params: TypedParams,
  scratch: string,
  sifting: boolean,
): Promise<{ table: TypedOutput; aside?: Aside | undefined }> {
  checkNames(raw);
  const names = raw.columns.map(({ name }) => name);
  const wanted = columnsToRead(names, params.schema, raw.name);
  for (const column of params.key) requireName(names, column, 'key', raw.name);
  for (const column of Object.keys(params.where)) requireName(names, column, 'where', raw.name);

  const texts = missingTexts(params.missing);
  const job: Job = {
    raw,
    scratch,
    keep: keepOf(raw, params.where, texts),
    filtered: Object.keys(params.where).length > 0 || raw.leftOut !== undefined,
    identity: identityOf(raw, params.key, missingIn(texts, false)),
  };
  const written =
    (await writeOnce(database, job, wanted, params, texts)) ??
    (await writeChecked(database, job, wanted, params, texts, sifting));
  const { aside } = written;
  const said = {
    read: raw.read,
    leftOut: raw.leftOut,
    notes: [...(raw.notes ?? []), ...written.notes],
  };
  const { path } = written.output.files[TABLE_FILE];
  if (!(await mayShare(database, sql`read_parquet(${path})`))) return { table: { ...written.output, ...said }, aside };
  if (params.key.length > 0) {
    const kept = aside ? sql`${job.keep} AND NOT ${aside.recordAtFault}` : job.keep;
    await refuseBadKeys(database, raw, params.key, missingIn(texts, false), kept);
  }
  const told = await writeTable(database, tellRepeats(sql`read_parquet(${path})`), scratch, 'told-apart');
  return { table: { ...told, ...said }, aside };
}

interface Job {
  readonly raw: RawText;
  readonly scratch: string;
  readonly keep: Sql;
  /** Whether records are left out. */
  readonly filtered: boolean;
  readonly identity: Sql;
}

interface Done {
  readonly output: TableOutput;
  readonly notes: readonly string[];
  /** What was left out. */
  readonly aside?: Aside | undefined;
}

/** Reads, checks and writes in one go: `undefined` where a cell is not what its column was taken for, or columns are many. */
async function writeOnce(
  database: Database,
  { raw, keep, filtered, identity, scratch }: Job,
  wanted: readonly string[],
  params: TypedParams,
  texts: MissingTexts,
): Promise<Done | undefined> {
  if (wanted.length === 0 || wanted.length > CHUNK) return undefined;
  const { readings, notes } = await readingsOf(database, raw, wanted, params.schema, texts, false);
  const [chunk] = await readColumns(database, raw, readings, keep);
  if (!chunk) return undefined;
  const faults = await faultsOf(database, chunk);
  const columns = readings.map(({ name, index }) => {
    const failing = faults.get(index) ?? [];
    const value = valueColumn(index);
    if (failing.length === 0) return sql`${value} AS ${id(name)}`;
    return sql`CASE WHEN ${join(failing, ' OR ')} THEN error(${OTHERWISE}) ELSE ${value} END AS ${id(name)}`;
  });
  try {
    return {
      output: await writeTable(
        database,
        sql`SELECT ${join([sql`${identity} AS ${id(ROW_ID)}`, ...columns])} FROM ${chunk.cells}`,
        scratch,
        undefined,
        { filtered },
      ),
      notes,
    };
  } catch (error) {
    if (String(error).includes(OTHERWISE)) return undefined;
    throw error;
  }
}

/** For each column, by its place, the SQL of what may be wrong with a cell. */
async function faultsOf(database: Database, chunk: Chunk): Promise<Map<number, Sql[]>> {
  const faults = new Map<number, Sql[]>();
  for (const { reading, failing } of await checksOfChunk(database, chunk)) {
    faults.set(reading.index, [...(faults.get(reading.index) ?? []), sql`(${failing})`]);
  }
  return faults;
}

/**
 * Reads step by step: types over all rows, then checks, which say what is wrong where, then the table; where that is asked for,
 * of the rows that nothing is wrong with.
 */
async function writeChecked(
  database: Database,
  { raw, keep, filtered, identity, scratch }: Job,
  wanted: readonly string[],
  params: TypedParams,
  texts: MissingTexts,
  sifting: boolean,
): Promise<Done> {
  const { readings, notes } = await readingsOf(database, raw, wanted, params.schema, texts, true);
  const chunks = await readColumns(database, raw, readings, keep);
  const aside = sifting ? await setAside(database, raw, chunks, { keep, identity }) : undefined;
  if (!sifting) await refuseViolations(database, raw, chunks);
  const columns = readings.map(({ name, index }) => sql`${valueColumn(index)} AS ${id(name)}`);
  const [only] = chunks;
  if (only && chunks.length === 1) {
    const query = sql`SELECT ${join([sql`${identity} AS ${id(ROW_ID)}`, ...columns])} FROM ${only.cells}
                      ${aside ? sql`WHERE NOT ${aside.rowAtFault}` : sql``}`;
    const output = await writeTable(database, query, scratch, undefined, { filtered: filtered || aside !== undefined });
    return { output, notes, aside };
  }
  await database.run(
    sql`CREATE OR REPLACE TABLE ${IDENTITY} AS SELECT ${identity} AS ${IDENTITY}${aside ? sql`, NOT ${aside.recordAtFault} AS ${KEPT}` : sql``}
        FROM ${raw.numbered} WHERE ${keep} ORDER BY ${RECORD}`,
  );
  // All of these tables hold the same rows in the same order.
  const tables = [IDENTITY, ...chunks.map(({ cells }) => cells)];
  const query = sql`SELECT ${join([sql`${IDENTITY} AS ${id(ROW_ID)}`, ...columns])} FROM ${join(tables, ' POSITIONAL JOIN ')}
                    ${aside ? sql`WHERE ${KEPT}` : sql``}`;
  const output = await writeTable(database, query, scratch, undefined, { filtered: aside !== undefined });
  return { output, notes, aside };
}

async function readingsOf(
  database: Database,
  raw: RawText,
  wanted: readonly string[],
  schema: TableSchema | undefined,
  texts: MissingTexts,
  whole: boolean,
): Promise<{ readings: Reading[]; notes: readonly string[] }> {
  const places = new Map(raw.columns.map(({ name }, index) => [name, index]));
  const columns = wanted.map((name) => {
    const index = places.get(name) ?? 0;
    return { name, index, declared: schema?.columns[name], type: raw.columns[index]?.type };
  });
  const open = columns.filter(({ declared, type }) => !declared && !type).map(({ index }) => index);
  const { types, notes } = await inferTypes(database, raw, open, texts, whole);
  const readings = columns.map(({ name, index, declared, type }): Reading => {
    const inferred = types.get(index);
    const column = declared ?? { type: type ?? inferred?.type ?? 'text', nullable: true };
    const holdsNumbers = column.type === 'number' || column.type === 'integer';
    const kinds = declared && raw.columns[index]?.kinds;
    return { name, index, schema: column, inferred, missing: missingIn(texts, holdsNumbers), kinds };
  });
  return { readings, notes };
}
