import type sqlite3 from 'node-sqlite3-wasm';
import { z } from 'zod';
import { UserError } from '../../../../core/index.js';
import { quoted, row, rowsOf } from './query.js';

type Database = InstanceType<typeof sqlite3.Database>;

/** The largest value of the column so far; its kind, since SQLite orders numbers before texts. */
export const watermarkJson = z.strictObject({
  column: z.string(),
  kind: z.enum(['integer', 'real', 'text']),
  value: z.string(),
});
export type SqliteWatermark = z.output<typeof watermarkJson>;

/** How far the rows reach; undefined while there are none. Throws a UserError where the column cannot be a watermark. */
export function reachOf(
  database: Database,
  query: string,
  columns: readonly string[],
  name: string,
  since: SqliteWatermark | undefined,
): SqliteWatermark | undefined {
  const where = { field: 'watermark', column: name };
  if (!columns.includes(name)) {
    throw new UserError(`the query has no column "${name}" that can be a watermark`, {
      where,
      expected: `one of ${columns.join(', ')}`,
    });
  }
  const cell = `q.${quoted(name)}`;
  const { kinds, most } = row<{ kinds: string | null; most: string | null }>(
    database,
    `SELECT group_concat(DISTINCT typeof(${cell})) AS kinds, CAST(max(${cell}) AS TEXT) AS most FROM ${rowsOf(query)}`,
  );
  if (kinds === null || most === null) {
    if (since || kinds !== null) throw kinds === null ? wentBack(name, since?.value ?? '', 'no rows') : missing(name);
    return undefined;
  }
  const kind = watermarkJson.shape.kind.safeParse(kinds);
  if (!kind.success) {
    if (kinds.split(',').includes('null')) throw missing(name);
    throw new UserError(`the watermark column "${name}" holds values of several kinds`, {
      where,
      expected: 'whole numbers, fractions or texts alone',
      actual: kinds,
    });
  }
  const reach: SqliteWatermark = {
    column: name,
    kind: kind.data,
    value: kind.data === 'real' ? realText(database, cell, query) : most,
  };
  if (since && (since.column !== name || since.kind !== reach.kind)) {
    throw new UserError('the earlier snapshot was read by another watermark', {
      where,
      expected: `a value of "${name}" (${reach.kind})`,
      actual: `${since.column} (${since.kind})`,
      remedy: 'read all rows once more',
    });
  }
  if (
    since &&
    row<{ below: number }>(database, 'SELECT ? < ? AS below', [valueOf(reach), valueOf(since)]).below === 1
  ) {
    throw wentBack(name, since.value, most);
  }
  return reach;
}

/** A watermark's value, as SQLite compares it. */
export function valueOf({ kind, value }: SqliteWatermark): string | number | bigint {
  if (kind === 'text') return value;
  return kind === 'integer' ? BigInt(value) : Number(value);
}

function realText(database: Database, cell: string, query: string): string {
  return String(row<{ most: number }>(database, `SELECT max(${cell}) AS most FROM ${rowsOf(query)}`).most);
}

function missing(name: string): UserError {
  return new UserError(`the watermark column "${name}" has missing values`, {
    where: { field: 'watermark', column: name },
    expected: 'a value in each row: a row without one would never be read as new',
    remedy: `leave such rows out: … WHERE ${name} IS NOT NULL`,
  });
}

function wentBack(name: string, value: string, most: string): UserError {
  return new UserError(`the watermark column "${name}" went back: rows were removed, or the table is another one`, {
    where: { field: 'watermark', column: name },
    expected: `values up to ${value} or more, as the last snapshot saw`,
    actual: most,
    remedy: 'read all rows once more',
  });
}
