import { sql, type Database, type Sql } from '@trainyard/tables';
import type { Alike } from './contract.js';
import { bandsOf, binsOfBand, plainText, shinglesOf, similarityOf } from './min-hash.js';

/** Units of a bucket up to which all its pairs are compared; in a larger one each with the first and the one before. */
const ALL_PAIRS = 50;
const BATCH = 20_000;

/** Makes the pairs of texts that are as similar as that. Texts stream through; what is kept of each is its bands, 32 to 64 numbers. */
export async function findSimilarTexts(
  database: Database,
  { units, pairs }: Alike,
  similarity: number,
  table: (part: string) => Sql,
): Promise<void> {
  const [buckets, candidates] = [table('buckets'), table('candidates')];
  await fillBuckets(database, units, buckets, binsOfBand(similarity));
  await database.run(sql`CREATE TABLE ${candidates} AS ${candidatesOf(units, buckets)}`);
  await comparePairs(database, { units, candidates, pairs }, similarity);
  await database.run(sql`DROP TABLE ${buckets}`);
  await database.run(sql`DROP TABLE ${candidates}`);
}

/** The bands of each text that says anything. */
async function fillBuckets(database: Database, units: Sql, buckets: Sql, bins: number): Promise<void> {
  await database.run(sql`CREATE TABLE ${buckets} (nth BIGINT, band BIGINT, hash BIGINT)`);
  const put = inserting<{ nth: number; band: number; hash: number }>(database, buckets, ['nth', 'band', 'hash']);
  const all = sql`SELECT unit, content FROM ${units}`;
  for await (const batch of database.batches<{ unit: number; content: string }>(all)) {
    for (const { unit, content } of batch) {
      const plain = plainText(content);
      if (plain !== '') bandsOf(shinglesOf(plain), bins).forEach((hash, band) => put.add({ nth: unit, band, hash }));
    }
    await put.flush(BATCH);
  }
  await put.flush(0);
}

/** SQL for pairs of units that share a band and the rest: the smaller number first, each once. */
function candidatesOf(units: Sql, buckets: Sql): Sql {
  const bucket = sql`PARTITION BY band, hash, rest`;
  const rows = sql`(SELECT nth, band, hash, rest, count(*) OVER (${bucket}) AS size, min(nth) OVER (${bucket}) AS first,
                           lag(nth) OVER (${bucket} ORDER BY nth) AS former
                    FROM ${buckets} JOIN ${units} ON unit = nth)`;
  return sql`WITH rows_of AS MATERIALIZED (SELECT * FROM ${rows} WHERE size > 1)
    SELECT DISTINCT a, b FROM (
      SELECT x.nth AS a, y.nth AS b FROM rows_of AS x JOIN rows_of AS y
        ON x.band = y.band AND x.hash = y.hash AND x.rest = y.rest AND x.nth < y.nth AND x.size <= ${BigInt(ALL_PAIRS)}
      UNION ALL SELECT first, nth FROM rows_of WHERE size > ${BigInt(ALL_PAIRS)} AND first < nth
      UNION ALL SELECT former, nth FROM rows_of WHERE size > ${BigInt(ALL_PAIRS)} AND former IS NOT NULL)`;
}

interface Comparing {
  readonly units: Sql;
  readonly candidates: Sql;
  readonly pairs: Sql;
}

/** Keeps the candidates whose texts are as similar as that. */
async function comparePairs(
  database: Database,
  { units, candidates, pairs }: Comparing,
  similarity: number,
): Promise<void> {
  await database.run(sql`CREATE TABLE ${pairs} (a BIGINT, b BIGINT)`);
  const put = inserting<{ a: number; b: number }>(database, pairs, ['a', 'b']);
  const both = sql`SELECT p.a AS a, p.b AS b, x.content AS x, y.content AS y
                   FROM ${candidates} AS p JOIN ${units} AS x ON x.unit = p.a JOIN ${units} AS y ON y.unit = p.b ORDER BY p.a, p.b`;
  let last: { a: number; shingles: Uint32Array } | undefined;
  for await (const batch of database.batches<{ a: number; b: number; x: string; y: string }>(both)) {
    for (const { a, b, x, y } of batch) {
      if (last?.a !== a) last = { a, shingles: shinglesOf(plainText(x)) };
      if (similarityOf(last.shingles, shinglesOf(plainText(y))) >= similarity) put.add({ a, b });
    }
    await put.flush(BATCH);
  }
  await put.flush(0);
}

/** Rows of whole numbers on their way into a table, some thousands at once. */
function inserting<Row extends Record<string, number>>(
  database: Database,
  into: Sql,
  names: readonly (keyof Row & string)[],
) {
  const columns = names.map((name) => ({ name, type: 'integer' as const }));
  let rows: Row[] = [];
  return {
    add: (row: Row): void => void rows.push(row),
    /** Writes what has come, once it is more than so many rows. */
    async flush(most: number): Promise<void> {
      if (rows.length === 0 || rows.length <= most) return;
      await database.insert('batch of rows', columns, rows);
      await database.run(sql`INSERT INTO ${into} FROM "batch of rows"`);
      rows = [];
    },
  };
}
