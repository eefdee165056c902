import { dataColumns, id, join, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import { isIdentifierLike } from './identifier.js';
import { shapeOf, shapesOf } from './shape.js';

/** What a column was seen to hold. */
export interface ColumnFacts {
  readonly name: string;
  /** Its type; a column of identifiers is text, whatever its cells look like. */
  readonly type: Column['type'];
  readonly isIdentifier: boolean;
  readonly missing: number;
  /** Cells that are NaN or infinite. */
  readonly notFinite: number;
  /** Least and largest finite number, or time as text. */
  readonly min: number | string | null;
  readonly max: number | string | null;
  /** Least and largest number of characters of a text. */
  readonly lengths: readonly [number, number] | null;
  /** All values of a text, sorted, where they are few. */
  readonly values: readonly string[] | null;
  /** An expression for all texts, where they are of one shape. */
  readonly pattern: string | null;
}

/** Rows for each value, on average, that make few values a set. */
const REPEATED = 3;

/** What the columns of a relation hold. Two passes: figures of all columns, then the values of those that have few. */
export async function columnFacts(
  database: Database,
  from: Sql,
  columns: readonly Column[],
  most: number,
): Promise<{ rows: number; facts: ColumnFacts[] }> {
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM ${from}`);
  const facts: ColumnFacts[] = [];
  for (const column of dataColumns(columns)) facts.push(await factsOf(database, from, column, rows, most));
  return { rows, facts };
}

async function factsOf(
  database: Database,
  from: Sql,
  { name, type }: Column,
  rows: number,
  most: number,
): Promise<ColumnFacts> {
  const cell = id(name);
  const text = sql`${cell}::VARCHAR`;
  const isNumber = type === 'number' || type === 'integer';
  const finite = type === 'number' ? sql`CASE WHEN isfinite(${cell}) THEN ${cell} END` : cell;
  const limit = (which: Sql): Sql =>
    isNumber ? sql`${which}(${finite})` : type === 'date' || type === 'timestamp' ? sql`${which}(${cell})` : sql`NULL`;
  const found = await database.row<{
    present: number;
    notFinite: number;
    min: number | string | null;
    max: number | string | null;
    shortest: number | null;
    longest: number | null;
    about: number;
  }>(
    sql`SELECT ${join([
      sql`count(${cell}) AS present`,
      sql`count(${cell}) - count(${finite}) AS "notFinite"`,
      sql`${limit(sql`min`)} AS min`,
      sql`${limit(sql`max`)} AS max`,
      sql`min(length(${text})) AS shortest`,
      sql`max(length(${text})) AS longest`,
      sql`approx_count_distinct(${cell}) AS about`,
    ])} FROM ${from}`,
  );
  const { present, notFinite, min, max, shortest, longest, about } = found;
  const missing = rows - present;
  const identifier = type === 'integer' && isIdentifierLike(name, found);
  const of = { name, missing, notFinite, isIdentifier: identifier };
  if (type !== 'text' && !identifier) return { ...of, type, min, max, lengths: null, values: null, pattern: null };
  const lengths = shortest === null || longest === null ? null : ([shortest, longest] as const);
  const values = identifier || about > 2 * most ? null : await fewValues(database, from, text, present, most);
  const shapes = values === null && present > 0 ? await shapesOf(database, from, text) : [];
  return { ...of, type: 'text', min: null, max: null, lengths, values, pattern: shapeOf(shapes) };
}

/** All values, where they are few and repeat: a set, and no list of names. */
async function fewValues(
  database: Database,
  from: Sql,
  text: Sql,
  present: number,
  most: number,
): Promise<string[] | null> {
  const rows = await database.rows<{ value: string }>(
    sql`SELECT DISTINCT ${text} AS value FROM ${from} WHERE ${text} IS NOT NULL LIMIT ${BigInt(most + 1)}`,
  );
  if (rows.length === 0 || rows.length > most || present < REPEATED * rows.length) return null;
  return rows.map(({ value }) => value).sort();
}
