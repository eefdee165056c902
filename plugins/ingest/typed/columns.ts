import {
  inner,
  innerName,
  join,
  readAs,
  readNumber,
  sql,
  type ColumnType,
  type Database,
  type Sql,
} from '@trainyard/tables';
import type { ColumnSchema } from '@trainyard/tables/schema';
import { rawColumn, RECORD, textOf, type RawText } from './raw-text.js';

/** Columns that one query reads: the time to plan a query grows with their square. */
const CHUNK = 64;

/** A column to read: its name, its place in the source, and what its schema says. */
export interface Reading {
  readonly name: string;
  readonly index: number;
  readonly schema: ColumnSchema;
}

/** Columns that were read: a table with the text, missing as NULL, and the typed value of each. */
export interface Chunk {
  readonly table: Sql;
  readonly readings: readonly Reading[];
}

export function textColumn(index: number): Sql {
  return inner(`text ${index}`);
}

export function valueColumn(index: number): Sql {
  return inner(`value ${index}`);
}

function numberColumn(index: number): Sql {
  return inner(`number ${index}`);
}

/**
 * SQL for the texts of columns, and what they are as numbers, step by step; `carried` comes along, and so do the cells
 * of columns whose type the source says.
 */
function read(
  raw: RawText,
  from: Sql,
  indices: readonly number[],
  missing: readonly string[],
  carried: readonly Sql[],
): Sql {
  const texts = indices.map((index) => sql`${textOf(raw, index, missing)} AS ${textColumn(index)}`);
  const numbers = indices.map((index) => sql`${readNumber(textColumn(index))} AS ${numberColumn(index)}`);
  const typed = indices.filter((index) => raw.columns[index]?.type !== undefined).map(rawColumn);
  return sql`(SELECT *, ${join(numbers)} FROM (SELECT ${join([...carried, ...typed, ...texts])} FROM ${from}))`;
}

/** SQL for a column's value: as the source has it where that is its type, else as its text reads. */
function valueOf(raw: RawText, { index, schema }: Reading): Sql {
  if (raw.columns[index]?.type === schema.type) return rawColumn(index);
  return readAs(schema.type, textColumn(index), numberColumn(index));
}

/** Reads columns into tables, some dozens in each; the rows of all of them are in the order of the source. */
export async function readColumns(
  database: Database,
  raw: RawText,
  readings: readonly Reading[],
  keep: Sql,
  missing: readonly string[],
): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (const part of chunked(readings)) {
    const table = inner(`columns ${chunks.length}`);
    const texts = part.map(({ index }) => textColumn(index));
    const values = part.map((reading) => sql`${valueOf(raw, reading)} AS ${valueColumn(reading.index)}`);
    const source = read(
      raw,
      sql`(FROM ${raw.numbered} WHERE ${keep})`,
      part.map(({ index }) => index),
      missing,
      [RECORD],
    );
    await database.run(
      sql`CREATE OR REPLACE TABLE ${table} AS SELECT ${join([RECORD, ...texts, ...values])} FROM ${source} ORDER BY ${RECORD}`,
    );
    chunks.push({ table, readings: part });
  }
  return chunks;
}

/** The narrowest type that all of a column's cells are of; text when all are missing. By place in the source. */
export async function inferTypes(
  database: Database,
  raw: RawText,
  indices: readonly number[],
  missing: readonly string[],
): Promise<Map<number, ColumnType>> {
  const candidates: ColumnType[] = ['integer', 'number', 'boolean', 'date', 'timestamp'];
  const found = new Map<number, ColumnType>();
  for (const part of chunked(indices)) {
    const counted = part.flatMap((index) => [
      sql`count(${textColumn(index)}) AS ${inner(`present ${index}`)}`,
      ...candidates.map((type) => {
        const value = readAs(type, textColumn(index), numberColumn(index));
        return sql`count(${value}) AS ${inner(`${type} ${index}`)}`;
      }),
    ]);
    const counts = await database.row<Record<string, number>>(
      sql`SELECT ${join(counted)} FROM ${read(raw, raw.cells, part, missing, [])}`,
    );
    for (const index of part) {
      const present = counts[innerName(`present ${index}`)] ?? 0;
      const type = present > 0 ? candidates.find((one) => counts[innerName(`${one} ${index}`)] === present) : undefined;
      found.set(index, type ?? 'text');
    }
  }
  return found;
}

function chunked<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK));
}
