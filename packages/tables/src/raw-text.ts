import { inner, innerName } from './inner.js';
import type { ColumnType } from './schema.js';
import type { Sql } from './sql.js';

/** The number of a record in its source, from 1: a column of `RawText.numbered`. */
export const RECORD_NAME = innerName('record');
export const RECORD = inner('record');

/** A column as a source gives it. */
export interface RawColumn {
  readonly name: string;
  /**
   * The type that the source itself says, as a Parquet file or an SQL database does: cells are values of it then, and
   * nothing is inferred. Without it cells are text, and their type follows from all of them.
   */
  readonly type?: ColumnType | undefined;
  /**
   * A column of the relations that says what each cell is in the source, where its cells are of several types and are all given as text:
   * `number`, `text`, `boolean` or `list`. A cell of another type than a schema declares is at fault then, whatever its text may be read as.
   */
  readonly kinds?: Sql | undefined;
}

/** Where a record stands. */
export interface RecordPlace {
  /** The file, where a source has several. */
  readonly file?: string | undefined;
  /** Its line, from 1; `undefined` where the source has none. */
  readonly line?: number | undefined;
}

/** What could not be read as rows. */
export interface LeftOut {
  readonly count: number;
  /**
   * Its texts, to stand after FROM: columns `file`, `line`, `text`, `rule` (what was not kept: `cells`, `quotes`, `json`, `pattern`)
   * and `expected` (what was expected, in words), in the order of the source.
   */
  readonly rows: Sql;
}

/**
 * What a source gave, before types are decided and checks are made: a relation whose columns are called
 * `rawName(0)`, `rawName(1)`, …, in the order of `columns`. It is read several times and must be the same each time,
 * rows in the source's order: a table in the database, or a reading of a file that does not change.
 */
export interface RawText {
  /** The source, as errors call it. */
  readonly name: string;
  readonly columns: readonly RawColumn[];
  /** The rows, to stand after FROM. */
  readonly cells: Sql;
  /** The rows with `RECORD`. It may cost more than `cells`. */
  readonly numbered: Sql;
  /** The line of the columns' names, from 1, where there is one. */
  readonly headerLine?: number | undefined;
  /** Rows that the source could not read, within a limit: they are counted and kept beside the table. */
  readonly leftOut?: LeftOut | undefined;
  /**
   * Where records stand, by their numbers, for people who look for them. Asked when something is wrong, for a few or for as many
   * as are at fault.
   */
  readonly locate: (records: readonly number[]) => Promise<ReadonlyMap<number, RecordPlace>>;
  /** How the source was read, where that was found out: part of the table's value. */
  readonly read?: Readonly<Record<string, string>> | undefined;
  /** What a person should know of that, a sentence each. */
  readonly notes?: readonly string[] | undefined;
  /**
   * What to read instead where a query of the cells failed since the source is odd: `undefined` where that is not why.
   * Throws a UserError that says what is wrong with the source where it cannot be read at all. `readRaw` asks it.
   */
  readonly recover?: ((error: unknown) => Promise<RawText | undefined>) | undefined;
}

/** Reads what a source gave; once more, another way, where a query failed since the source is odd. */
export async function readRaw<T>(raw: RawText, use: (raw: RawText) => Promise<T>): Promise<T> {
  try {
    return await use(raw);
  } catch (error) {
    const other = await raw.recover?.(error);
    if (other === undefined) throw error;
    return use(other);
  }
}

/** The name that the column at a place has in the relation, whatever it is called in the source. */
export function rawName(index: number): string {
  return innerName(`cell ${index}`);
}

export function rawColumn(index: number): Sql {
  return inner(`cell ${index}`);
}
