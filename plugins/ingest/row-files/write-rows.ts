import { writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { id, join, sql, Sql, withDatabase } from '@trainyard/tables';
import { UserError } from '../../../core/index.js';
import type { SnapshotFile, SourceContext } from '../../../activities/sources/index.js';
import { cellName, COLUMNS_FILE, ROWS_FILE, type TakenColumn } from './columns.js';

/** The most bytes that one row may have as text. */
const LONGEST_ROW = 16_000_000;

/** A row as a line of such a file; undefined is missing. */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return `${cells.map((text) => (text === undefined ? '' : `"${text.replaceAll('"', '""')}"`)).join(',')},"0"\n`;
}

/** Rows as a source gave them. */
export interface TakenRows {
  /**
   * A CSV file without a header: every value in quotes, missing ones without. The last cell of each row is `0`, so that
   * a row of one missing value is no empty line.
   */
  readonly csv: string;
  readonly columns: readonly TakenColumn[];
  /**
   * Indices of the columns that rows are put in order by, before all others. Undefined where their order is the source's own
   * and says something.
   */
  readonly order?: readonly number[] | undefined;
  /** As people call the source. */
  readonly name: string;
}

/**
 * Writes rows into a snapshot's folder, in an order of their own where the source promises none: equal rows give equal bytes.
 * Larger than memory: what does not fit goes to the scratch folder.
 */
export async function writeRows(
  { csv, columns, order, name }: TakenRows,
  into: string,
  ctx: Pick<SourceContext, 'scratch' | 'signal'>,
): Promise<readonly SnapshotFile[]> {
  const names = [...columns.map((_, i) => cellName(i)), 'end'];
  const types = names.map((column) => sql`${column}: 'VARCHAR'`);
  const rest = columns.map((_, i) => i).filter((i) => !order?.includes(i));
  const keys = order && [...order, ...rest].map((i) => sortKey(columns[i], i));
  const sorted = keys ? sql`ORDER BY ${join(keys)}` : sql``;
  const cells = columns.map((_, i) => id(cellName(i)));
  await withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    try {
      await database.run(
        sql`COPY (SELECT ${join(cells)} FROM read_csv(${csv}, auto_detect = false, header = false, delim = ',',
            quote = '"', escape = '"', strict_mode = true, null_padding = false, nullstr = '', allow_quoted_nulls = false,
            max_line_size = ${Sql.of(String(LONGEST_ROW))}, columns = {${join(types)}}) ${sorted})
            TO ${joinPath(into, ROWS_FILE)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
      );
    } catch (cause) {
      throw refusal(cause, name) ?? cause;
    }
  });
  await writeFile(joinPath(into, COLUMNS_FILE), `${JSON.stringify(columns, undefined, 2)}\n`);
  return [
    { file: ROWS_FILE, name },
    { file: COLUMNS_FILE, name: `columns of ${name}` },
  ];
}

/** Numbers in the order of numbers, all else in the order of its text; numbers that look alike as doubles by their text. */
function sortKey(column: TakenColumn | undefined, index: number): Sql {
  const cell = id(cellName(index));
  const numeric = column?.holds === 'integer' || column?.holds === 'decimal' || column?.holds === 'number';
  return numeric ? sql`TRY_CAST(${cell} AS DOUBLE), ${cell}` : cell;
}

/** What DuckDB says of the rows, for people; undefined where the fault is not theirs. */
function refusal(cause: unknown, name: string): UserError | undefined {
  const text = String(cause);
  if (/line size/i.test(text)) {
    return new UserError(`${name} has a row that is too long`, {
      where: { file: name },
      expected: `at most ${LONGEST_ROW / 1e6} million bytes of text in each row`,
      remedy: 'leave the long column out of the query, or keep such values in files',
    });
  }
  if (/utf-?8|unicode/i.test(text)) {
    return new UserError(`${name} has text that is not UTF-8`, {
      where: { file: name },
      expected: 'text in UTF-8',
      remedy: 'have the query convert it, or take the column as bytes',
    });
  }
  return undefined;
}
