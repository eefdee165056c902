import { stat } from 'node:fs/promises';
import {
  dataColumns,
  finite,
  id,
  join,
  openTable,
  sql,
  TABLE_FILE,
  type ColumnType,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { kindOf, type ColumnProfile } from '../profile.js';

/** A column as it is measured: under a name of ours, so that no name from outside meets one of a query. */
export interface Field {
  readonly name: string;
  readonly type: ColumnType;
  readonly kind: ColumnProfile['kind'];
  readonly cell: Sql;
  /** What has an order as a double: finite numbers, and times in milliseconds since 1970; NULL for all else. */
  readonly x: Sql | undefined;
}

/** A table to measure, as `from`. */
export interface Relation {
  readonly database: Database;
  readonly from: Sql;
  readonly rows: number;
  readonly fields: readonly Field[];
  /** Folder for what is kept between passes. */
  readonly scratch: string;
}

/** Cells and bytes up to which a table is held in memory: a file of many columns is slow to open again and again. */
const HELD = { cells: 4e6, bytes: 64e6 };
/** The most columns that one query computes figures of. */
const MOST_AT_ONCE = 100;

export async function relationOf(
  database: Database,
  artifact: Parameters<typeof openTable>[2],
  scratch: string,
  name = 'profiled',
): Promise<Relation> {
  const columns = dataColumns(await openTable(database, `${name} file`, artifact));
  const fields = columns.map((column, i): Field => {
    const cell = id(`c${i}`);
    const kind = kindOf(column);
    const x =
      kind === 'numeric' ? finite(cell) : kind === 'time' ? sql`epoch_ms(${cell}::TIMESTAMP)::DOUBLE` : undefined;
    return { name: column.name, type: column.type, kind, cell, x };
  });
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM ${id(`${name} file`)}`);
  const from = id(name);
  if (columns.length > 0) {
    const renamed = columns.map((column, i) => sql`${id(column.name)} AS ${fields[i]?.cell ?? id('c')}`);
    const isSmall = rows * columns.length <= HELD.cells && (await bytesOf(artifact)) <= HELD.bytes;
    const kept = isSmall ? sql`TABLE` : sql`VIEW`;
    await database.run(sql`CREATE OR REPLACE ${kept} ${from} AS SELECT ${join(renamed)} FROM ${id(`${name} file`)}`);
  }
  return { database, from, rows, fields, scratch };
}

/** Bytes of the files of a table: images and long texts weigh far more than their number of cells says. */
async function bytesOf(artifact: Parameters<typeof openTable>[2]): Promise<number> {
  const artifacts = 'path' in artifact ? [artifact] : artifact;
  const sizes = await Promise.all(artifacts.map(async (one) => (await stat(await one.path(TABLE_FILE))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Parts of a list, each of at most as many columns as `cells` of a table's cells allow. */
export function batchesOf<T>(items: readonly T[], rows: number, cells = Infinity): T[][] {
  const size = Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(cells / Math.max(1, rows))));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

type Cell = number | string | boolean | null;

/**
 * One row of figures for each item, computed by few queries over the whole table. The figures have to be exact in any
 * order of rows (counts, limits, sums of whole numbers): then the number of threads says nothing. `cells` bounds the
 * values that a query holds, where it holds them.
 */
export async function figuresOf<T, Name extends string>(
  { database, from, rows }: Relation,
  items: readonly T[],
  figures: (item: T) => Readonly<Record<Name, Sql>>,
  cells?: number,
): Promise<Record<Name, Cell>[]> {
  const found: Record<Name, Cell>[] = [];
  for (const batch of batchesOf(items, rows, cells)) {
    const terms = batch.map((item) => Object.entries<Sql>(figures(item)));
    if (terms.every((entries) => entries.length === 0)) continue;
    const selected = terms.flatMap((entries, i) =>
      entries.map(([name, term]) => sql`${term} AS ${id(`${i} ${name}`)}`),
    );
    const row = await database.row<Record<string, Cell>>(sql`SELECT ${join(selected)} FROM ${from}`);
    for (const [i, entries] of terms.entries())
      found.push(
        Object.fromEntries(entries.map(([name]) => [name, row[`${i} ${name}`] ?? null])) as Record<Name, Cell>,
      );
  }
  return found;
}

export interface Counted {
  readonly value: Cell;
  readonly rows: number;
}

/**
 * How many rows have each value of an expression, for many expressions by few queries: the most frequent first, then by
 * value. `most` bounds what is listed.
 */
export async function countBy<T>(
  { database, from, rows }: Relation,
  items: readonly T[],
  valueOf: (item: T) => Sql,
  most?: number,
): Promise<Counted[][]> {
  const found: Counted[][] = [];
  for (const batch of batchesOf(items, rows)) {
    const lists = batch.map(() => [] as Counted[]);
    const counted = batch.map((item, i) => {
      const value = valueOf(item);
      const one = sql`SELECT ${i} AS item, ${value} AS value, count(*) AS n FROM ${from} WHERE ${value} IS NOT NULL GROUP BY 2`;
      return most === undefined ? one : sql`(FROM (${one}) ORDER BY n DESC, value LIMIT ${BigInt(most)})`;
    });
    const all = await database.rows<{ item: number; value: Cell; n: number }>(
      sql`FROM (${join(counted, ' UNION ALL ')}) ORDER BY item, n DESC, value`,
    );
    for (const { item, value, n } of all) lists[item]?.push({ value, rows: n });
    found.push(...lists);
  }
  return found;
}
