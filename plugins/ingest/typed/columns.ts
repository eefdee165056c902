import { inner, join, readNumber, readWritten, sql, type Database, type Sql } from '@trainyard/tables';
import type { ColumnSchema } from '@trainyard/tables/schema';
import { chunked } from './infer.js';
import { ownValue, readDouble, type Inferred } from './own-text.js';
import { rawColumn, RECORD, textOf, type RawText } from './raw-text.js';

/** A column to read: its name, its place in the source, and what it is to be. */
export interface Reading {
  readonly name: string;
  readonly index: number;
  readonly schema: ColumnSchema;
  /** How its texts are read where nothing declares the column; a text that is not so is at fault. */
  readonly inferred?: Inferred | undefined;
  /** Texts that stand for a missing cell of this column. */
  readonly missing: readonly string[];
  /** What each cell is in the source, where a declared column has cells of several types. */
  readonly kinds?: Sql | undefined;
}

/** Columns as they are read: relations with the text, missing as NULL, and the typed value of each. */
export interface Chunk {
  readonly readings: readonly Reading[];
  readonly cells: Sql;
  /** The same with `RECORD`; it may cost more. */
  readonly numbered: Sql;
}

export function textColumn(index: number): Sql {
  return inner(`text ${index}`);
}

export function valueColumn(index: number): Sql {
  return inner(`value ${index}`);
}

/** Whether a cell is of another type in the source than its column is declared to be. */
export function otherTypeColumn(index: number): Sql {
  return inner(`other type ${index}`);
}

/**
 * The types of the source that a declared column may have cells of. What is said to be written in a way of its own is text; only what
 * may be infinite is a number or a text.
 */
export function kindsOf({ type, written }: ColumnSchema): readonly string[] {
  if (type === 'boolean') return [written?.true || written?.false ? 'text' : 'boolean'];
  if (type !== 'number' && type !== 'integer') return ['text'];
  if (written?.decimal === ',' || written?.thousands !== undefined) return ['text'];
  return written?.nonFinite ? ['number', 'text'] : ['number'];
}

function numberColumn(index: number): Sql {
  return inner(`number ${index}`);
}

/**
 * SQL for texts and values of columns, step by step, so that no expression stands in another. The columns of `from` come along.
 */
export function readCells(raw: RawText, from: Sql, readings: readonly Reading[]): Sql {
  const texts = readings.map(({ index, missing }) => sql`${textOf(raw, index, missing)} AS ${textColumn(index)}`);
  const numbers = readings.flatMap(({ index, inferred, schema }) => {
    const text = textColumn(index);
    if (inferred) return inferred.type === 'number' ? [sql`${readDouble(text)} AS ${numberColumn(index)}`] : [];
    const plain = !schema.written && (schema.type === 'number' || schema.type === 'integer');
    return plain ? [sql`${readNumber(text)} AS ${numberColumn(index)}`] : [];
  });
  const values = readings.flatMap((reading) => {
    const { index, kinds, schema } = reading;
    const value = sql`${valueOf(raw, reading)} AS ${valueColumn(index)}`;
    if (!kinds) return [value];
    return [value, sql`NOT list_contains(${kindsOf(schema)}, ${kinds}) AS ${otherTypeColumn(index)}`];
  });
  return sql`(SELECT *, ${join(values)} FROM (SELECT ${join([sql`*`, ...numbers])} FROM (SELECT *, ${join(texts)} FROM ${from})))`;
}

/** SQL for a column's value: as the source has it where that is its type, else as its text reads. */
function valueOf(raw: RawText, { index, schema, inferred }: Reading): Sql {
  if (raw.columns[index]?.type === schema.type) return rawColumn(index);
  if (inferred) return ownValue(inferred, textColumn(index), numberColumn(index));
  return readWritten(schema.type, schema.written, textColumn(index), numberColumn(index));
}

/**
 * How columns are read, some dozens together. Few columns are read anew by each query; many are read once into tables,
 * whose rows are in the order of the source.
 */
export async function readColumns(
  database: Database,
  raw: RawText,
  readings: readonly Reading[],
  keep: Sql,
): Promise<Chunk[]> {
  const parts = chunked(readings);
  const [only] = parts;
  if (only && parts.length === 1) {
    return [
      {
        readings: only,
        cells: readCells(raw, sql`(FROM ${raw.cells} WHERE ${keep})`, only),
        numbered: readCells(raw, sql`(FROM ${raw.numbered} WHERE ${keep})`, only),
      },
    ];
  }
  const chunks: Chunk[] = [];
  for (const part of parts) {
    const table = inner(`columns ${chunks.length}`);
    const columns = part.flatMap(({ index, kinds }) => [
      textColumn(index),
      valueColumn(index),
      ...(kinds ? [otherTypeColumn(index)] : []),
    ]);
    // Named here, so that the queries around it do not go through all columns of the source for each part of them.
    const named = join([RECORD, ...part.flatMap(({ index, kinds }) => [rawColumn(index), ...(kinds ? [kinds] : [])])]);
    await database.run(
      sql`CREATE OR REPLACE TABLE ${table} AS SELECT ${join([RECORD, ...columns])}
          FROM ${readCells(raw, sql`(SELECT ${named} FROM ${raw.numbered} WHERE ${keep})`, part)} ORDER BY ${RECORD}`,
    );
    chunks.push({ readings: part, cells: table, numbered: table });
  }
  return chunks;
}
