import { id, sql, type Sql } from './sql.js';
import { ROW_ID } from './schema.js';

/** Follows the identity of a row in that of a copy of it, with the number of the copy. */
const COPY = '~copy';

/** SQL for the identity of a copy of a row: it tells of the row that it was made from. `copy`: its number, from 1. */
export function copyIdentity(copy: Sql): Sql {
  return sql`${id(ROW_ID)} || ${COPY} || ${copy}::VARCHAR`;
}

/**
 * SQL for what rows that come from one have in common: the identity without the number of a copy (`~copy2`), and without the
 * number that tells equal rows of a source apart (`~2`). Such rows must not come apart in a split.
 */
export const ORIGIN: Sql = sql`regexp_replace(regexp_replace(${id(ROW_ID)}, '(~copy\\d+)+$', ''), '^([0-9a-f]{24})~\\d+$', '\\1')`;
