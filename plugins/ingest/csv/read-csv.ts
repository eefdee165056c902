import { join as joinPath } from 'node:path';
import { UserError } from '../../../core/index.js';
import { inner, sql, type Database, type Sql } from '@trainyard/tables';
import { RECORD, type RawText } from '../typed/index.js';
import { dialectOf, sayDelimiter } from './dialect.js';
import { checkText, type Encoding } from './encoding.js';
import { PLAIN, writePlain } from './plain-copy.js';
import { csvRecords, type CsvRecord, type Dialect } from './records.js';
import { csvRelation, type PlainFile } from './relation.js';
import { shapeOf } from './shape.js';

/** How a CSV file is read as text cells; what is not given is found in the file. */
export interface CsvParams {
  readonly delimiter?: string | undefined;
  /** The character around cells; empty for none. */
  readonly quote?: string | undefined;
  readonly encoding?: Encoding | undefined;
}

/** Columns from which on cells are loaded into a table, since many queries read them. */
const MANY = 64;

/**
 * Reads a CSV file as text cells. The database reads it, by all threads, where its bytes leave nothing open; else the
 * careful road writes a plain copy first, or says which lines are at fault. Throws a UserError naming file and line when
 * it is not text in its encoding, or not well-formed. `scratch` is a folder for copies.
 */
export async function readCsv(
  database: Database,
  file: { path: string; name: string },
  params: CsvParams,
  scratch: string,
): Promise<RawText> {
  const { name } = file;
  const { path, encoding, notes } = await checkText(file, params.encoding, joinPath(scratch, 'source.utf8'));
  const dialect = await dialectOf(path, params);
  const header = requireHeader(await firstRecord(path, dialect), name);
  const columns = header.cells.length;
  const { odd, ...shape } = await shapeOf(path, dialect, columns);
  const fast =
    odd === undefined ? await relationOf(database, { path, dialect, columns, header: true, ...shape }) : undefined;
  const careful = (): Promise<Sql> =>
    carefully(database, { path, name, dialect, columns }, joinPath(scratch, 'plain.csv'));
  const textOf = (cells: Sql, road: 'fast' | 'careful'): RawText => ({
    name,
    columns: header.cells.map((cell) => ({ name: cell.trim() })),
    cells,
    numbered: sql`(SELECT row_number() OVER () AS ${RECORD}, * FROM ${cells})`,
    headerLine: header.line,
    locate: (records) => linesOf(path, dialect, records),
    recover: async (error) => (road === 'fast' && isRefusal(error) ? textOf(await careful(), 'careful') : undefined),
    read: { delimiter: dialect.delimiter, quote: dialect.quote, encoding, road },
    notes: [...notes, ...detected(dialect, params)],
  });
  return fast ? textOf(fast, 'fast') : textOf(await careful(), 'careful');
}

/**
 * The relation of a file: a reading of it, which shows what is wrong with the file to who queries it, or a table where
 * columns are many; `undefined` where the database refuses to load that.
 */
async function relationOf(database: Database, file: PlainFile): Promise<Sql | undefined> {
  const relation = csvRelation(file);
  const table = inner('raw');
  try {
    if (file.columns <= MANY) return relation;
    await database.run(sql`CREATE OR REPLACE TABLE ${table} AS FROM ${relation}`);
    return table;
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal;
    return undefined;
  }
}

/** Whether an error is the database's about the lines of a CSV file. */
function isRefusal(error: unknown): boolean {
  return !(error instanceof UserError) && /CSV|line size/i.test(String(error));
}

async function carefully(
  database: Database,
  file: { path: string; name: string; dialect: Dialect; columns: number },
  copy: string,
): Promise<Sql> {
  const { longest } = await writePlain(file, copy);
  const plain = {
    path: copy,
    dialect: PLAIN,
    columns: file.columns,
    header: false,
    carriage: false,
    quoted: true,
    openEnds: false,
    longest,
  };
  const relation = await relationOf(database, plain);
  if (relation) return relation;
  throw new Error(`the plain copy of ${file.name} is not read`);
}

async function firstRecord(path: string, dialect: Dialect): Promise<CsvRecord | undefined> {
  for await (const record of csvRecords(path, dialect)) return record;
  return undefined;
}

function requireHeader(record: CsvRecord | undefined, file: string): CsvRecord {
  if (!record) {
    throw new UserError(`${file} has no line of column names`, {
      where: { file, row: 1 },
      expected: 'a line of column names, then a line for each row',
      actual: 'blank lines',
    });
  }
  if (record.fault) throw new UserError(`${file}: ${record.fault}`, { where: { file, row: record.line } });
  return record;
}

/** The lines that records start on: quoted line ends and blank lines make them differ from their numbers. */
async function linesOf(
  path: string,
  dialect: Dialect,
  records: readonly number[],
): Promise<Map<number, { line: number }>> {
  const lines = new Map<number, { line: number }>();
  const wanted = new Set(records);
  const last = Math.max(...records);
  let n = 0;
  for await (const record of csvRecords(path, dialect)) {
    if (wanted.has(n)) lines.set(n, { line: record.line });
    if (n++ >= last) break;
  }
  return lines;
}

/** What was found in the file and is not the usual. */
function detected({ delimiter, quote }: Dialect, given: CsvParams): string[] {
  return [
    ...(given.delimiter === undefined && delimiter !== ','
      ? [`cells stand between ${sayDelimiter(delimiter)}, as its first records say`]
      : []),
    ...(given.quote === undefined && quote !== '"' ? [`cells are quoted by ${quote}, as its first records say`] : []),
  ];
}
