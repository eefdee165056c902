import { join, sql, type Database, type Sql } from '@trainyard/tables';
import type { Alike } from './contract.js';

/** Bits of a hash. */
const BITS = 64;

/**
 * Makes the pairs of hashes, in decimal digits, that differ in at most `distance` bits: of distance + 1 bands two such hashes
 * have one in common, whose pairs are compared.
 */
export async function findSimilarPictures(
  database: Database,
  { units, pairs }: Alike,
  distance: number,
): Promise<void> {
  const bands = distance + 1;
  const hashes = sql`(SELECT unit, content::UBIGINT AS hash, rest FROM ${units})`;
  const cuts = Array.from({ length: bands + 1 }, (_, i) => Math.round((i * BITS) / bands));
  const band = (i: number): Sql => {
    const width = cuts[i + 1]! - cuts[i]!;
    return sql`(SELECT unit, hash, rest, ${BigInt(i)} AS band, (hash >> ${BigInt(cuts[i]!)}::UBIGINT) & ${String(2n ** BigInt(width) - 1n)}::UBIGINT AS value FROM ${hashes})`;
  };
  const all = join(
    cuts.slice(0, bands).map((_, i) => sql`FROM ${band(i)}`),
    ' UNION ALL ',
  );
  await database.run(
    sql`CREATE TABLE ${pairs} AS WITH bands AS MATERIALIZED (${all})
        SELECT DISTINCT least(x.unit, y.unit) AS a, greatest(x.unit, y.unit) AS b
        FROM bands AS x JOIN bands AS y
          ON x.band = y.band AND x.value = y.value AND x.rest = y.rest AND x.unit < y.unit
        WHERE bit_count(xor(x.hash, y.hash)) <= ${BigInt(distance)}`,
  );
}
