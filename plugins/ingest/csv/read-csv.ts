import { join as joinPath } from 'node:path';
import { UserError } from '../../../core/index.js';
import { inner, sql, type Database, type LeftOut, type Sql } from '@trainyard/tables';
import { tooWide } from '../too-wide.js';
import { RECORD, type RawText } from '../typed/index.js';
import { countLines } from './bytes.js';
import { dialectOf, sayDelimiter } from './dialect.js';
import { checkText, type Encoding } from './encoding.js';
import { isAtFault, PLAIN, writePlain } from './plain-copy.js';
import { csvRecords, type CsvRecord, type Dialect } from './records.js';
import { csvRelation, type PlainFile } from './relation.js';
import { shapeOf } from './shape.js';

/** How a CSV file is read as text cells; what is not given is found in the file. */
export interface CsvParams {
  readonly delimiter?: string | undefined;
  /** The character around cells; empty for none. */
  readonly quote?: string | undefined;
  readonly encoding?: Encoding | undefined;
  /** Whether records that are not well-formed are left out, and not refused. */
  readonly setAside?: boolean | undefined;
}

/** Columns from which on cells are loaded into a table, since many queries read them. */
const MANY = 64;
/** Records that are looked for line by line, whatever the file is like. */
const FEW = 100;
/** Bytes that a line which is left out may have where nothing says that there are longer ones. */
const USUAL_ASIDE = 2_000_000;

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
    odd === undefined
      ? await relationOf(database, name, { path, dialect, columns, header: true, ...shape })
      : undefined;
  const careful = (): Promise<Cells> =>
    carefully(database, { path, name, dialect, columns, setAside: params.setAside ?? false }, scratch);
  const textOf = ({ cells, leftOut }: Cells, road: 'fast' | 'careful'): RawText => ({
    name,
    columns: header.cells.map((cell) => ({ name: cell.trim() })),
    cells,
    numbered: sql`(SELECT row_number() OVER () AS ${RECORD}, * FROM ${cells})`,
    headerLine: header.line,
    ...(leftOut && { leftOut }),
    locate: async (records) =>
      road === 'fast' && !shape.quoted && records.length > FEW && (await isLineEach(database, path, cells))
        ? new Map(records.map((record) => [record, { line: record + 1 }]))
        : linesOf(path, dialect, records, leftOut ? columns : undefined),
    recover: async (error) => (road === 'fast' && isRefusal(error) ? textOf(await careful(), 'careful') : undefined),
    read: { delimiter: dialect.delimiter, quote: dialect.quote, encoding, road },
    notes: [...notes, ...detected(dialect, params)],
  });
  return fast ? textOf({ cells: fast }, 'fast') : textOf(await careful(), 'careful');
}

/**
 * The relation of a file: a reading of it, which shows what is wrong with the file to who queries it, or a table where
 * columns are many; `undefined` where the database refuses to load that.
 */
async function relationOf(database: Database, name: string, file: PlainFile): Promise<Sql | undefined> {
  const relation = csvRelation(file);
  const table = inner('raw');
  try {
    if (file.columns <= MANY) return relation;
    await database.run(sql`CREATE OR REPLACE TABLE ${table} AS FROM ${relation}`);
    return table;
  } catch (refusal) {
    if (!isRefusal(refusal)) throw tooWide(refusal, name, file.columns);
    return undefined;
  }
}

/** Whether an error is the database's about the lines of a CSV file. */
function isRefusal(error: unknown): boolean {
  return !(error instanceof UserError) && /CSV|line size/i.test(String(error));
}

interface Cells {
  readonly cells: Sql;
  readonly leftOut?: LeftOut | undefined;
}

async function carefully(
  database: Database,
  file: { path: string; name: string; dialect: Dialect; columns: number; setAside: boolean },
  scratch: string,
): Promise<Cells> {
  const [copy, aside] = [joinPath(scratch, 'plain.csv'), joinPath(scratch, 'aside.jsonl')];
  const { longest, leftOut, longestAside } = await writePlain(file, copy, file.setAside ? aside : undefined);
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
  const cells = await relationOf(database, file.name, plain);
  if (!cells) throw new Error(`the plain copy of ${file.name} is not read`);
  if (leftOut === 0) return { cells };
  const rows = sql`(SELECT ${file.name} AS file, line, text, rule, expected FROM read_json(${aside}, format = 'newline_delimited',
    maximum_object_size = ${BigInt(Math.max(USUAL_ASIDE, longestAside))}, columns = {line: 'BIGINT', text: 'VARCHAR', rule: 'VARCHAR', expected: 'VARCHAR'}))`;
  return { cells, leftOut: { count: leftOut, rows } };
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

/** Whether each line of a file without quotes is a record, the first one that of the names: there are as many. */
async function isLineEach(database: Database, path: string, cells: Sql): Promise<boolean> {
  const { records } = await database.row<{ records: number }>(sql`SELECT count(*) AS records FROM ${cells}`);
  return (await countLines(path)) === records + 1;
}

/** The lines that records start on: quoted line ends and blank lines make them differ from their numbers. */
async function linesOf(
  path: string,
  dialect: Dialect,
  records: readonly number[],
  /** Where records at fault were left out: how many cells the others have. */
  columns?: number,
): Promise<Map<number, { line: number }>> {
  const lines = new Map<number, { line: number }>();
  const wanted = new Set(records);
  const last = records.reduce((most, one) => Math.max(most, one), 0);
  let n = 0;
  for await (const record of csvRecords(path, dialect)) {
    if (n > 0 && columns !== undefined && isAtFault(record, columns)) continue;
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
