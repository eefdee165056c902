import { join as joinPath } from 'node:path';
import { UserError } from '../../../core/index.js';
import type { Database } from '@trainyard/tables';
import type { RawText } from '../typed/index.js';
import { checkText } from './decode.js';
import { lineOfRecord, loadCells, RAW_TABLE, type CsvFile } from './load.js';
import { csvRecords, type CsvRecord } from './records.js';

/** How a CSV file is read as text cells. */
export interface CsvParams {
  readonly delimiter: string;
  readonly encoding: string;
}

/**
 * Reads a CSV file as text cells. Throws a UserError naming file and line when it is not text in its encoding, or not
 * well-formed. `scratch` is a folder for a copy in UTF-8.
 */
export async function readCsv(
  database: Database,
  file: { path: string; name: string },
  params: CsvParams,
  scratch: string,
): Promise<RawText> {
  const { name } = file;
  const { delimiter, encoding } = params;
  const { path } = await checkText({ ...file, encoding, copy: joinPath(scratch, 'source.utf8') });
  const header = requireHeader(await firstRecord(path, delimiter), name);
  const csv: CsvFile = { path, name, delimiter, columns: header.cells.length };
  await loadCells(database, csv);
  return {
    name,
    columns: header.cells.map((cell) => ({ name: cell.trim() })),
    cells: RAW_TABLE,
    numbered: RAW_TABLE,
    headerLine: header.line,
    locate: async (records) =>
      new Map([...(await lineOfRecord(csv, records))].map(([record, line]) => [record, { line }])),
  };
}

async function firstRecord(path: string, delimiter: string): Promise<CsvRecord | undefined> {
  for await (const record of csvRecords(path, delimiter)) return record;
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
