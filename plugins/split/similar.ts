import {
  bandsOf,
  id,
  inner,
  join,
  plainText,
  shinglesOf,
  similarityOf,
  sql,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { NTH, UNIT } from './inner.js';
import { unitOf } from './place.js';
import { KEY, NEAR_ROWS, nearly } from './together.js';

const [TEXTS, BUCKETS, PAIRS, ALIKE] = [id('texts'), id('buckets'), id('pairs of texts'), id('texts alike')];
const [TEXT, REST] = [inner('text'), inner('other cells')];

/** Rows of a bucket up to which all its pairs are compared; in a larger one each with the first and the one before. */
const ALL_PAIRS = 50;
const BATCH = 20_000;

/**
 * Makes the table `NEAR_ROWS` of rows whose texts are as similar as was asked for and whose other compared cells are nearly equal:
 * by MinHash and bands, each candidate compared exactly. Texts stream through; what is kept of each is 32 numbers.
 */
export async function findSimilar(
  database: Database,
  columns: readonly Column[],
  similarity: number,
  digits: number,
  group?: string,
): Promise<void> {
  const texts = columns.filter(({ type }) => type === 'text');
  if (texts.length === 0)
    throw new UserError('near asks for similar texts, and compares no column of text', {
      where: { field: 'near.similarity' },
      remedy: 'name one: near: { columns: [...] }, or leave out similarity',
    });
  const rest = columns.filter(({ type }) => type !== 'text').map((column) => nearly(column, digits));
  const text = sql`concat_ws(' | ', ${join(texts.map(({ name }) => id(name)))})`;
  const other =
    rest.length === 0 ? sql`''` : sql`sha256(to_json([${join(rest.map((cell) => sql`(${cell})::VARCHAR`))}])::VARCHAR)`;
  await database.run(
    sql`CREATE TABLE ${TEXTS} AS SELECT row_number() OVER () AS ${NTH}, ${unitOf(group)} AS ${UNIT}, ${text} AS ${TEXT}, ${other} AS ${REST} FROM rows`,
  );
  await fillBuckets(database);
  await database.run(sql`CREATE TABLE ${PAIRS} AS ${candidates()}`);
  await comparePairs(database, similarity);
  // Each pair has a key of its own; what it binds together, `bind` finds along any chain.
  const key = sql`sha256(least(a.${TEXT}, b.${TEXT}) || chr(0) || greatest(a.${TEXT}, b.${TEXT}) || chr(0) || a.${REST})`;
  const alike = sql`(SELECT a.${NTH} AS a, b.${NTH} AS b, a.${UNIT} AS ua, b.${UNIT} AS ub, ${key} AS ${KEY}
                     FROM ${ALIKE} AS p JOIN ${TEXTS} AS a ON a.${NTH} = p.a JOIN ${TEXTS} AS b ON b.${NTH} = p.b)`;
  await database.run(
    sql`CREATE TABLE ${NEAR_ROWS} AS
        SELECT a AS ${NTH}, ua AS ${UNIT}, ${KEY} FROM ${alike} UNION ALL SELECT b, ub, ${KEY} FROM ${alike}`,
  );
  await database.run(sql`DROP TABLE ${TEXTS}`);
}

/** The bands of each text that says anything. */
async function fillBuckets(database: Database): Promise<void> {
  await database.run(sql`CREATE TABLE ${BUCKETS} (nth BIGINT, band BIGINT, hash BIGINT)`);
  let rows: { nth: number; band: number; hash: number }[] = [];
  const columns = (['nth', 'band', 'hash'] as const).map((name) => ({ name, type: 'integer' as const }));
  const flush = async (): Promise<void> => {
    await database.insert('batch of bands', columns, rows);
    await database.run(sql`INSERT INTO ${BUCKETS} FROM ${id('batch of bands')}`);
    rows = [];
  };
  const all = sql`SELECT ${NTH} AS nth, ${TEXT} AS text FROM ${TEXTS} WHERE ${TEXT} <> ''`;
  for await (const batch of database.batches<{ nth: number; text: string }>(all)) {
    for (const { nth, text } of batch) {
      const plain = plainText(text);
      if (plain !== '') bandsOf(shinglesOf(plain)).forEach((hash, band) => rows.push({ nth, band, hash }));
    }
    if (rows.length > BATCH) await flush();
  }
  await flush();
}

/** SQL for pairs of rows that share a band and the other cells: the smaller number first, each once. */
function candidates(): Sql {
  const bucket = sql`PARTITION BY band, hash, ${REST}`;
  const rows = sql`(SELECT nth, band, hash, ${REST}, count(*) OVER (${bucket}) AS size, min(nth) OVER (${bucket}) AS first,
                           lag(nth) OVER (${bucket} ORDER BY nth) AS former
                    FROM ${BUCKETS} JOIN ${TEXTS} ON ${NTH} = nth)`;
  return sql`WITH rows_of AS MATERIALIZED (SELECT * FROM ${rows} WHERE size > 1)
    SELECT DISTINCT a, b FROM (
      SELECT x.nth AS a, y.nth AS b FROM rows_of AS x JOIN rows_of AS y
        ON x.band = y.band AND x.hash = y.hash AND x.${REST} = y.${REST} AND x.nth < y.nth AND x.size <= ${BigInt(ALL_PAIRS)}
      UNION ALL SELECT first, nth FROM rows_of WHERE size > ${BigInt(ALL_PAIRS)} AND first < nth
      UNION ALL SELECT former, nth FROM rows_of WHERE size > ${BigInt(ALL_PAIRS)} AND former IS NOT NULL)`;
}

/** Keeps the pairs whose texts are as similar as that. */
async function comparePairs(database: Database, similarity: number): Promise<void> {
  await database.run(sql`CREATE TABLE ${ALIKE} (a BIGINT, b BIGINT)`);
  let rows: { a: number; b: number }[] = [];
  const columns = (['a', 'b'] as const).map((name) => ({ name, type: 'integer' as const }));
  const flush = async (): Promise<void> => {
    await database.insert('batch of pairs', columns, rows);
    await database.run(sql`INSERT INTO ${ALIKE} FROM ${id('batch of pairs')}`);
    rows = [];
  };
  const both = sql`SELECT p.a AS a, p.b AS b, x.${TEXT} AS x, y.${TEXT} AS y
                   FROM ${PAIRS} AS p JOIN ${TEXTS} AS x ON x.${NTH} = p.a JOIN ${TEXTS} AS y ON y.${NTH} = p.b ORDER BY p.a, p.b`;
  let last: { a: number; shingles: Uint32Array } | undefined;
  for await (const batch of database.batches<{ a: number; b: number; x: string; y: string }>(both)) {
    for (const { a, b, x, y } of batch) {
      if (last?.a !== a) last = { a, shingles: shinglesOf(plainText(x)) };
      if (similarityOf(last.shingles, shinglesOf(plainText(y))) >= similarity) rows.push({ a, b });
    }
    if (rows.length > BATCH) await flush();
  }
  await flush();
}
