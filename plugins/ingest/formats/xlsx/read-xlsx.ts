import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { UserError } from '../../../../core/index.js';
import { sayNearest } from '@trainyard/errors';
import { inner, join, rawColumn, rawName, RECORD, sql, type Database, type RawText } from '@trainyard/tables';
import { SheetReader } from './sheet.js';
import { openWorkbook, type Workbook } from './workbook.js';

const [RAW, ROW] = [inner('sheet'), inner('row')];

export interface XlsxOptions {
  /** Name of the sheet; may be left out where there is one. */
  readonly sheet?: string | undefined;
  /** The row of the columns' names, from 1; by default the first that holds anything. */
  readonly header?: number | undefined;
  /** What merged cells become: a refusal, or their first cell, with the others missing. */
  readonly merged: 'refuse' | 'first';
  /** Texts that stand for a missing cell. */
  readonly missing: readonly string[];
}

/**
 * Reads a sheet as cells, as a stream. Numbers are the doubles that the file holds; those of a date's format are dates; a
 * formula is its last result. A column whose cells are all text stays text.
 */
export async function readXlsx(
  database: Database,
  file: { readonly path: string; readonly name: string },
  options: XlsxOptions,
  scratch: string,
): Promise<RawText> {
  const book = await openWorkbook(file.path, file.name);
  const cells = path.join(scratch, 'sheet.csv');
  const reader = new SheetReader(book, file.name, options.header);
  try {
    const { part, name } = sheetOf(book, file.name, options.sheet);
    const out = createWriteStream(cells);
    await book.read(part, reader, () => flush(reader, out));
    reader.end();
    await flush(reader, out);
    out.end();
    await finished(out);
    refuseMerged(reader, file.name, name, options.merged);
  } finally {
    await book.close();
  }
  const { names, header, kinds } = reader;
  const types = [sql`row: 'BIGINT'`, ...names.map((_, i) => sql`${rawName(i)}: 'VARCHAR'`)];
  // A column of text says its type, so that what stands for missing is found here.
  const cellsIn = names.map((_, i) =>
    kinds[i] === 'text'
      ? sql`(CASE WHEN list_contains(${options.missing}::VARCHAR[], ${rawColumn(i)}) THEN NULL ELSE ${rawColumn(i)} END) AS ${rawColumn(i)}`
      : rawColumn(i),
  );
  await database.run(
    sql`CREATE OR REPLACE TABLE ${RAW} AS SELECT row_number() OVER () AS ${RECORD}, row AS ${ROW}, ${join(cellsIn)}
        FROM read_csv(${cells}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '',
          allow_quoted_nulls = false, new_line = ${'\\n'}, strict_mode = true, max_line_size = ${BigInt(8_000_000)}, columns = {${join(types)}})`,
  );
  return {
    name: file.name,
    columns: names.map((name, i) => (kinds[i] === 'text' ? { name, type: 'text' } : { name })),
    cells: RAW,
    numbered: RAW,
    headerLine: header,
    locate: async (records) => {
      const rows = await database.rows<{ n: number; line: number }>(
        sql`SELECT ${RECORD} AS n, ${ROW} AS line FROM ${RAW} WHERE ${RECORD} IN (${join(records.map((record) => sql`${BigInt(record)}`))})`,
      );
      return new Map(rows.map(({ n, line }) => [n, { line }]));
    },
  };
}

async function flush(reader: SheetReader, out: WriteStream): Promise<void> {
  const text = reader.take();
  if (text !== '' && !out.write(text)) await once(out, 'drain');
}

function sheetOf({ sheets }: Workbook, file: string, wanted: string | undefined): Workbook['sheets'][number] {
  const names = sheets.map(({ name }) => name);
  const found =
    wanted === undefined ? (sheets.length === 1 ? sheets[0] : undefined) : sheets.find(({ name }) => name === wanted);
  if (found) return found;
  throw new UserError(
    wanted === undefined ? `${file} has ${sheets.length} sheets, and none is said` : `${file} has no sheet "${wanted}"`,
    {
      where: { file, field: 'format.sheet' },
      expected:
        names.length === 0 ? 'a sheet with cells' : `one of ${names.map((name) => JSON.stringify(name)).join(', ')}`,
      actual: wanted,
      remedy:
        wanted === undefined
          ? `say which, such as format: { type: 'xlsx', sheet: ${JSON.stringify(names[0] ?? 'Sheet1')} }`
          : sayNearest(wanted, names),
    },
  );
}

function refuseMerged({ merged, header }: SheetReader, file: string, sheet: string, then: XlsxOptions['merged']): void {
  const inTable = merged.filter(({ last }) => last >= (header ?? 1));
  const [first] = inTable;
  if (!first || then === 'first') return;
  throw new UserError(`${file} has merged cells in the sheet "${sheet}": only their first cell holds a value`, {
    where: { file, row: first.first },
    expected: 'a value in each cell',
    actual: inTable
      .slice(0, 5)
      .map(({ range }) => range)
      .join(', '),
    remedy: "unmerge them and fill each cell, or pass merged: 'first', which leaves the others missing",
  });
}
