import { ROW_ID } from '@trainyard/tables/schema';
import { id, sql, type Sql } from '@trainyard/tables/sql';

/**
 * SQL for the fold of a row, from 0: by SHA-256 of a seed and its identity, so that a row keeps its fold whatever rows are added.
 * The number that tells equal rows apart (`~2`) is left out: they share a fold.
 */
export function foldSql(seed: number, count: number): Sql {
  const identity = sql`regexp_replace(${id(ROW_ID)}, '^([0-9a-f]{24})~\\d+$', '\\1')`;
  return sql`('0x' || substr(sha256(${`fold ${seed} `} || ${identity}), 1, 13))::BIGINT % ${BigInt(count)}`;
}
