import type { Client } from 'pg';
import { z } from 'zod';
import { UserError } from '../../../../core/index.js';
import { rowsOf, type QueryColumn } from './query.js';

/** Types of watermark columns, and what their values look like as text. */
const TYPES: Readonly<Record<string, RegExp>> = {
  smallint: /^-?\d+$/,
  integer: /^-?\d+$/,
  bigint: /^-?\d+$/,
  numeric: /^-?\d+(\.\d+)?$/,
  date: /^\d{4,6}-\d\d-\d\d$/,
  'timestamp without time zone': /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/,
  'timestamp with time zone': /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/,
};

/** A watermark as it is kept: the largest value of the column so far, as PostgreSQL writes it. */
export const watermarkJson = z.strictObject({ column: z.string(), value: z.string() });
export type PostgresWatermark = z.output<typeof watermarkJson>;

/** Which rows a snapshot takes, as a condition on `q`, and how far it reaches. */
export interface Reach {
  readonly where: string;
  /** Undefined while there is no row. */
  readonly watermark: PostgresWatermark | undefined;
}

/**
 * How far the rows of a query reach now. Throws a UserError for a column that cannot be a watermark: of another type, with
 * missing values (no snapshot would ever have them), with a value that nothing can be above, or one that went back.
 */
export async function reachOf(
  client: Client,
  query: string,
  columns: readonly QueryColumn[],
  name: string,
  since: PostgresWatermark | undefined,
): Promise<Reach> {
  const column = columns.find((one) => one.name === name);
  const where = { field: 'watermark', column: name };
  const shape = column && TYPES[column.type];
  if (!column || !shape) {
    throw new UserError(`the query has no column "${name}" that can be a watermark`, {
      where,
      expected: `a column of one of the types ${Object.keys(TYPES).join(', ')}`,
      actual: column ? `${name} ${column.type}` : columns.map((one) => one.name).join(', '),
    });
  }
  const cell = `q.${client.escapeIdentifier(name)}`;
  const { rows } = await client.query<{ most: string | null; missing: boolean }>(
    `SELECT (SELECT max(${cell})::text FROM ${rowsOf(query)}) AS most,
            EXISTS (SELECT FROM ${rowsOf(query)} WHERE ${cell} IS NULL) AS missing`,
  );
  const { most = null, missing = false } = rows[0] ?? {};
  if (missing) {
    throw new UserError(`the watermark column "${name}" has missing values`, {
      where,
      expected: 'a value in each row: a row without one would never be read as new',
      remedy: `leave such rows out: … WHERE ${name} IS NOT NULL`,
    });
  }
  if (most !== null && !shape.test(most)) {
    throw new UserError(`the watermark column "${name}" has a value that nothing is above`, {
      where,
      expected: 'finite values',
      actual: most,
      remedy: 'leave such rows out of the query',
    });
  }
  if (since === undefined)
    return { where: 'true', watermark: most === null ? undefined : { column: name, value: most } };
  if (since.column !== name || !shape.test(since.value)) {
    throw new UserError(`the earlier snapshot was read by another watermark`, {
      where,
      expected: `a value of "${name}"`,
      actual: `${since.column} ${since.value}`,
      remedy: 'read all rows once more',
    });
  }
  const literal = `${client.escapeLiteral(since.value)}::${column.type}`;
  if (most === null || (await isBelow(client, most, literal, column.type))) {
    throw new UserError(`the watermark column "${name}" went back: rows were removed, or the table is another one`, {
      where,
      expected: `values up to ${since.value} or more, as the last snapshot saw`,
      actual: most ?? 'no rows',
      remedy: 'read all rows once more',
    });
  }
  return { where: `${cell} > ${literal}`, watermark: { column: name, value: most } };
}

async function isBelow(client: Client, most: string, literal: string, type: string): Promise<boolean> {
  const { rows } = await client.query<{ below: boolean }>(
    `SELECT ${client.escapeLiteral(most)}::${type} < ${literal} AS below`,
  );
  return rows[0]?.below ?? false;
}
