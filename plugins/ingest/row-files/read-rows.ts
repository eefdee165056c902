import { readFile } from 'node:fs/promises';
import {
  id,
  join,
  rawName,
  RECORD,
  sql,
  type ColumnType,
  type Database,
  type RawText,
  type Sql,
} from '@trainyard/tables';
import { z } from 'zod';
import { UserError } from '../../../core/index.js';
import type { TableAsk, TakenSnapshot } from '../../../activities/sources/index.js';
import { cellName, COLUMNS_FILE, ROWS_FILE, takenColumn, type TakenColumn } from './columns.js';

/** Columns that one query looks at. */
const CHUNK = 64;
const ROWS = id('rows of a source');

/** What decides the type of a column, over all of its rows. */
interface Looked {
  readonly column: TakenColumn;
  readonly index: number;
  /** Cells that the type of its name would change. */
  readonly beyond: number;
}

/**
 * Reads a snapshot of rows. Each column gets the type that its type at the source says, and keeps each value exactly:
 * a column with whole numbers beyond 2^53, or decimals of more digits than a number has, becomes text, and the log says so.
 * Throws a UserError for dates and times that no table holds, such as infinity, naming column, row and value.
 */
export async function readRows(snapshot: TakenSnapshot, { database, ctx }: TableAsk): Promise<RawText> {
  const name = snapshot.files.find(({ file }) => file === ROWS_FILE)?.name ?? 'the source';
  const text = await readFile(await snapshot.path(COLUMNS_FILE), 'utf8');
  const columns = z.array(takenColumn).parse(JSON.parse(text));
  await database.run(
    sql`CREATE OR REPLACE VIEW ${ROWS} AS SELECT file_row_number + 1 AS ${RECORD}, * EXCLUDE (file_row_number)
        FROM read_parquet(${await snapshot.path(ROWS_FILE)}, file_row_number = true)`,
  );
  const types: (ColumnType | undefined)[] = [];
  for (const { column, index, beyond } of await look(database, columns)) {
    if (beyond > 0 && (column.holds === 'date' || column.holds === 'timestamp')) {
      throw await refuse(database, name, column, index, beyond);
    }
    const type = beyond > 0 ? 'text' : typeOf(column);
    if (beyond > 0) {
      ctx.log(`${name}: column "${column.name}" (${column.type}) becomes text: ${sayBeyond(column, beyond)}`);
    }
    types.push(type);
  }
  const cells = types.map((type, i) => sql`${cellAs(type, id(cellName(i)))} AS ${id(rawName(i))}`);
  return {
    name,
    columns: columns.map((column, i) => ({ name: column.name, type: types[i] })),
    cells: sql`(SELECT ${join(cells)} FROM ${ROWS})`,
    numbered: sql`(SELECT ${RECORD}, ${join(cells)} FROM ${ROWS})`,
    locate: async (records) => new Map(records.map((record) => [record, { line: record }])),
  };
}

function sayBeyond(column: TakenColumn, beyond: number): string {
  const cells = `${beyond} ${beyond === 1 ? 'cell has' : 'cells have'}`;
  return column.holds === 'integer' ? `${cells} whole numbers beyond 2^53` : `${cells} more digits than a number holds`;
}

function typeOf({ holds }: TakenColumn): ColumnType | undefined {
  if (holds === 'raw') return undefined;
  if (holds === 'decimal') return 'number';
  return holds === 'binary' ? 'text' : holds;
}

async function look(database: Database, columns: readonly TakenColumn[]): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (let first = 0; first < columns.length; first += CHUNK) {
    const part = columns.slice(first, first + CHUNK);
    const counted = part.map(
      (column, i) => sql`count(*) FILTER (WHERE ${beyondOf(column, id(cellName(first + i)))}) AS ${id(`k${i}`)}`,
    );
    const counts = await database.row<Record<string, number>>(sql`SELECT ${join(counted)} FROM ${ROWS}`);
    looked.push(...part.map((column, i) => ({ column, index: first + i, beyond: counts[`k${i}`] ?? 0 })));
  }
  return looked;
}

const DATE = String.raw`\d{4}-\d\d-\d\d`;

/** Whether a cell would not stay what it is as a value of its column's type. Missing cells stay. */
function beyondOf(column: TakenColumn, cell: Sql): Sql {
  switch (column.holds) {
    case 'integer':
      return sql`${cell} IS NOT NULL AND coalesce(abs(TRY_CAST(${cell} AS HUGEINT)) > 9007199254740991, true)`;
    case 'decimal':
      return sql`${cell} IS NOT NULL AND NOT ${isExactNumber(cell)}`;
    case 'date':
      return sql`NOT regexp_full_match(${cell}, ${DATE})`;
    case 'timestamp':
      return sql`NOT regexp_full_match(${cell}, ${String.raw`${DATE} \d\d:\d\d:\d\d(\.\d{1,6})?`})`;
    case 'raw':
    case 'number':
    case 'text':
    case 'binary':
    case 'boolean':
      return sql`false`;
  }
}

/**
 * Whether a decimal's digits come back from the double nearest to it. Fifteen significant digits always do; longer ones
 * where the shortest text of the double has the same. NaN and infinity are numbers of a table.
 */
function isExactNumber(cell: Sql): Sql {
  const double = sql`TRY_CAST(${cell} AS DOUBLE)`;
  const digits = sql`replace(ltrim(replace(${cell}, '-', ''), '0.'), '.', '')`;
  const significant = sql`length(rtrim(${digits}, '0'))`;
  const same = sql`${withoutZeros(cell)} = ${withoutZeros(sql`${double}::VARCHAR`)}`;
  const isZero = sql`regexp_full_match(${cell}, '-?[0.]+')`;
  return sql`(${cell} IN ('NaN', 'Infinity', '-Infinity') OR coalesce(isfinite(${double}) AND (${double} <> 0 OR ${isZero})
              AND (${significant} <= 15 OR ${same}), false))`;
}

/** A decimal without the zeros that end its fraction. */
function withoutZeros(decimal: Sql): Sql {
  return sql`(CASE WHEN contains(${decimal}, '.') THEN rtrim(rtrim(${decimal}, '0'), '.') ELSE ${decimal} END)`;
}

function cellAs(type: ColumnType | undefined, cell: Sql): Sql {
  switch (type) {
    case 'integer':
      return sql`CAST(${cell} AS BIGINT)`;
    case 'number':
      return sql`CAST(${cell} AS DOUBLE)`;
    case 'boolean':
      return sql`(${cell} IN ('t', 'true'))`;
    case 'date':
      return sql`CAST(${cell} AS DATE)`;
    case 'timestamp':
      return sql`CAST(${cell} AS TIMESTAMP)`;
    case 'text':
    case undefined:
      return cell;
  }
}

async function refuse(
  database: Database,
  name: string,
  column: TakenColumn,
  index: number,
  count: number,
): Promise<UserError> {
  const cell = id(cellName(index));
  const rows = await database.rows<{ record: number; text: string }>(
    sql`SELECT ${RECORD} AS record, ${cell} AS text FROM ${ROWS} WHERE ${beyondOf(column, cell)} ORDER BY ${RECORD} LIMIT 5`,
  );
  const what = column.holds === 'date' ? 'dates' : 'times';
  return new UserError(`${name} has ${what} that no table holds: ${count} in column "${column.name}"`, {
    where: { file: name, row: rows[0]?.record, column: column.name },
    expected: `${what} from the year 1 to 9999`,
    actual: rows.map(({ record, text }) => `row ${record}: ${text}`).join('; ') + (count > rows.length ? '; …' : ''),
    remedy: `have the query say what they mean: nullif(${column.name}, 'infinity') makes them missing`,
  });
}
