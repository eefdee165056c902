import { UserError } from '../../../core/index.js';
import { inner, innerName, join, sql, Sql, type Database, type TableRow } from '@trainyard/tables';
import { rawName, RECORD, RECORD_NAME } from '../typed/index.js';
import { csvRecords } from './records.js';

/** The most characters that one cell may have. */
export const LONGEST_CELL = 8_000_000;

/** The table that a file is loaded into: the number of each record, from 1, then its cells as text. */
const RAW = 'raw';
export const RAW_TABLE = inner(RAW);

/** What the text of a file is and how it is read. */
export interface CsvFile {
  readonly path: string;
  /** As errors call it. */
  readonly name: string;
  readonly delimiter: string;
  readonly columns: number;
}

/**
 * Loads all cells as text. DuckDB reads the file; when it refuses, the careful reader goes through it and either names
 * the line at fault or, where only DuckDB is strict (mixed line ends, say), loads it itself. Says which of the two did.
 */
export async function loadCells(database: Database, source: CsvFile): Promise<'fast' | 'careful'> {
  const { path, delimiter, columns } = source;
  const types = Array.from({ length: columns }, (_, i) => sql`${rawName(i)}: 'VARCHAR'`);
  const names = Array.from({ length: columns }, (_, i) => sql`${rawName(i)}`);
  try {
    await database.run(
      sql`CREATE OR REPLACE TABLE ${RAW_TABLE} AS SELECT row_number() OVER () AS ${RECORD}, * FROM read_csv(${path},
          auto_detect = false, header = true, delim = ${delimiter}, quote = '"', escape = '"', strict_mode = true,
          null_padding = false, max_line_size = ${Sql.of(String(LONGEST_CELL))},
          force_not_null = [${join(names)}], columns = {${join(types)}})`,
    );
    return 'fast';
  } catch (refusal) {
    if (!/CSV|line size/i.test(String(refusal))) throw refusal;
    await loadCarefully(database, source);
    return 'careful';
  }
}

async function loadCarefully(database: Database, source: CsvFile): Promise<void> {
  const { path, name, delimiter, columns } = source;
  const faults: { line: number; what: string }[] = [];
  let count = 0;
  const rows: TableRow[] = [];
  let header = true;
  for await (const record of csvRecords(path, delimiter)) {
    if (header) {
      header = false;
      continue;
    }
    const long = record.cells.findIndex((cell) => cell.length > LONGEST_CELL);
    const fault =
      record.fault ??
      (long >= 0
        ? `cell ${long + 1} has ${record.cells[long]?.length} characters`
        : record.cells.length !== columns
          ? `${record.cells.length} cells`
          : undefined);
    if (fault !== undefined) {
      count++;
      if (faults.length < 5) faults.push({ line: record.line, what: fault });
    } else if (count === 0) {
      rows.push({
        [RECORD_NAME]: rows.length + 1,
        ...Object.fromEntries(record.cells.map((cell, i) => [rawName(i), cell])),
      });
    }
  }
  const first = faults[0];
  if (first) {
    throw new UserError(`${name} is not a well-formed CSV file: ${count} ${count === 1 ? 'row' : 'rows'} at fault`, {
      where: { file: name, row: first.line },
      expected: `${columns} cells between ${sayDelimiter(delimiter)}, quotes closed, at most ${LONGEST_CELL} characters each`,
      actual:
        faults.map((fault) => `line ${fault.line}: ${fault.what}`).join('; ') + (count > faults.length ? '; …' : ''),
      remedy: 'correct these lines, or pass the delimiter that the file has',
    });
  }
  const cells = Array.from({ length: columns }, (_, i) => ({ name: rawName(i), type: 'text' as const }));
  await database.insert(innerName(RAW), [{ name: RECORD_NAME, type: 'integer' }, ...cells], rows);
}

/** The line that a record starts on: quoted line ends and blank lines make it differ from its number. */
export async function lineOfRecord(source: CsvFile, wanted: readonly number[]): Promise<Map<number, number>> {
  const lines = new Map<number, number>();
  const last = Math.max(...wanted);
  let n = 0;
  for await (const record of csvRecords(source.path, source.delimiter)) {
    if (wanted.includes(n)) lines.set(n, record.line);
    if (n++ >= last) break;
  }
  return lines;
}

function sayDelimiter(delimiter: string): string {
  return delimiter === '\t' ? 'tabs' : `"${delimiter}"`;
}
