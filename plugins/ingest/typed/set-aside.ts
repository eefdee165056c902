import {
  id,
  inner,
  innerName,
  join,
  rawColumn,
  ROW_ID,
  sql,
  type Database,
  type RawText,
  type Sql,
} from '@trainyard/tables';
import { checksOfChunk, type ColumnCheck } from './violations.js';
import { textColumn, type Chunk } from './columns.js';
import { RECORD } from './raw-text.js';

/** Cells at fault: record, number of the check, text. Records at fault: record, row identity, the whole row. Where they stand. */
const [CELLS, RECORDS] = [inner('cells at fault'), inner('records at fault')];
const [PLACES, SOME_PLACES] = [inner('places at fault'), innerName('some places')];
const [CHECK, TEXT, IDENTITY, WHOLE, FILE, LINE] = ['check', 'text', 'identity', 'whole', 'file', 'line'].map((name) =>
  inner(`aside ${name}`),
) as [Sql, Sql, Sql, Sql, Sql, Sql];

/** Records whose places are asked for in one go: a source may be read once for each. */
const LOCATED = 200_000;

/** What was found at fault, and how rows are told from it. */
export interface Aside {
  /** Whether a record is at fault, in a query of `RawText.numbered`. */
  readonly recordAtFault: Sql;
  /** The same in a query of a chunk that has all columns. */
  readonly rowAtFault: Sql;
  /** Lines of the quarantine, to stand after FROM, in no order. */
  readonly lines: Sql;
  /** Whether places are lines; else the source has none, and they are the numbers of its records. */
  readonly inLines: boolean;
}

/** Looks through all cells for those that break what their schema says; `undefined` where there is none. */
export async function setAside(
  database: Database,
  raw: RawText,
  chunks: readonly Chunk[],
  { keep, identity }: { readonly keep: Sql; readonly identity: Sql },
): Promise<Aside | undefined> {
  const checks: ColumnCheck[] = [];
  await database.run(sql`CREATE OR REPLACE TABLE ${CELLS} (${RECORD} BIGINT, ${CHECK} BIGINT, ${TEXT} VARCHAR)`);
  for (const chunk of chunks) {
    const own = await checksOfChunk(database, chunk);
    if (own.length > 0) await findCells(database, chunk, own, checks.length);
    checks.push(...own);
  }
  const found = await database.rows<{ nth: number }>(sql`SELECT DISTINCT ${CHECK} AS nth FROM ${CELLS} ORDER BY 1`);
  if (found.length === 0) return undefined;
  const recordAtFault = sql`${RECORD} IN (SELECT ${RECORD} FROM ${CELLS})`;
  const cells = raw.columns.map(({ name }, i) => sql`${id(name)} := (${rawColumn(i)})::VARCHAR`);
  await database.run(
    sql`CREATE OR REPLACE TABLE ${RECORDS} AS SELECT ${RECORD}, ${IDENTITY}, to_json(struct_pack(${join(cells)}))::VARCHAR AS ${WHOLE},
          row_number() OVER (PARTITION BY ${IDENTITY} ORDER BY ${RECORD}) AS nth
        FROM (SELECT *, coalesce(${identity}, 'record ' || ${RECORD}) AS ${IDENTITY} FROM ${raw.numbered}
              WHERE ${keep} AND ${recordAtFault})`,
  );
  const inLines = await findPlaces(database, raw);
  const known = found.map(({ nth }) => {
    const { rule, reading, expected } = checks[nth]!;
    return sql`(${BigInt(nth)}, ${rule}, ${reading.name}, ${expected})`;
  });
  const row = sql`${IDENTITY} || CASE WHEN r.nth > 1 THEN '~' || r.nth ELSE '' END`;
  return {
    inLines,
    recordAtFault,
    rowAtFault: sql`coalesce(${join(
      checks.map(({ failing }) => sql`(${failing})`),
      ' OR ',
    )}, false)`,
    lines: sql`(SELECT ${row} AS "row", ${FILE} AS file, ${LINE} AS place, said.rule, said."column", ${TEXT} AS "text",
          said.expected, ${WHOLE} AS record, said.nth
        FROM ${CELLS} JOIN ${RECORDS} r USING (${RECORD}) JOIN ${PLACES} USING (${RECORD})
        JOIN (VALUES ${join(known)}) said(nth, rule, "column", expected) ON ${CHECK} = said.nth)`,
  };
}

/** Goes through the rows of a chunk once, whatever the number of checks. */
async function findCells(
  database: Database,
  chunk: Chunk,
  checks: readonly ColumnCheck[],
  from: number,
): Promise<void> {
  const failing = checks.map((check) => sql`(${check.failing})`);
  const cells = checks.map(
    (check, i) =>
      sql`CASE WHEN ${check.failing} THEN struct_pack(nth := ${BigInt(from + i)}, cell := ${textColumn(check.reading.index)}) END`,
  );
  await database.run(
    sql`INSERT INTO ${CELLS} SELECT ${RECORD}, fault.nth, fault.cell FROM (
          SELECT ${RECORD}, unnest(list_filter([${join(cells)}], lambda one: one IS NOT NULL)) AS fault
          FROM ${chunk.numbered} WHERE ${join(failing, ' OR ')})`,
  );
}

/** Notes where the records at fault stand: at lines, or where the source has none at their numbers; gives whether it has. */
async function findPlaces(database: Database, raw: RawText): Promise<boolean> {
  let inLines = false;
  await database.run(sql`CREATE OR REPLACE TABLE ${PLACES} (${RECORD} BIGINT, ${FILE} VARCHAR, ${LINE} BIGINT)`);
  const locate = async (records: readonly number[]): Promise<void> => {
    const places = await raw.locate(records);
    const rows = records.map((record) => {
      const { file = raw.name, line = record } = places.get(record) ?? {};
      inLines ||= places.get(record)?.line !== undefined;
      return { record, file, line };
    });
    const columns = [
      { name: 'record', type: 'integer' },
      { name: 'file', type: 'text' },
      { name: 'line', type: 'integer' },
    ] as const;
    await database.insert(SOME_PLACES, columns, rows);
    await database.run(sql`INSERT INTO ${PLACES} FROM ${id(SOME_PLACES)}`);
  };
  let wanted: number[] = [];
  for await (const batch of database.batches<{ record: number }>(
    sql`SELECT ${RECORD} AS record FROM ${RECORDS} ORDER BY 1`,
  )) {
    wanted.push(...batch.map(({ record }) => record));
    if (wanted.length < LOCATED) continue;
    await locate(wanted);
    wanted = [];
  }
  if (wanted.length > 0) await locate(wanted);
  return inLines;
}

/**
 * SQL for a quarantine, in the order of the source: the rows with cells at fault, a line for each of these cells, and the lines
 * that the source could not read as rows. Its columns are those of `quarantineLines`, and `file`; a place is the line in its
 * file, or the number of the record where the source has no lines.
 */
export function quarantineOf({ leftOut }: RawText, aside: Aside | undefined): Sql {
  const none = sql`SELECT '' AS "row", '' AS file, (0)::BIGINT AS place, '' AS rule, '' AS "column", '' AS "text",
    '' AS expected, '' AS record, (0)::BIGINT AS nth WHERE false`;
  const parts = [
    none,
    ...(aside ? [sql`SELECT * FROM ${aside.lines}`] : []),
    ...(leftOut
      ? [sql`SELECT file || ', line ' || line, file, line, rule, NULL, text, expected, '{}', -1 FROM ${leftOut.rows}`]
      : []),
  ];
  return sql`SELECT "row" || '/' || rule || coalesce('/' || "column", '') AS ${id(ROW_ID)}, * EXCLUDE nth
    FROM (${join(parts, ' UNION ALL ')}) ORDER BY file, place, nth`;
}
