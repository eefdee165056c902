import { join as joinPath } from 'node:path';
import { UserError } from '../../core/index.js';
import {
  id,
  join,
  readAs,
  ROW_ID,
  sql,
  writeTable,
  type ColumnSchema,
  type Database,
  type Sql,
  type TableOutput,
  type TableSchema,
} from '../../tables/index.js';
import { checksOf, inferTypes, type Check } from './cells.js';
import { checkText } from './decode.js';
import { columnsToRead, headerNames, requireName } from './header.js';
import { lineOfRecord, loadCells, RAW, rawColumn, RECORD, type CsvSource } from './load.js';
import { csvRecords, type CsvRecord } from './records.js';

type Kept = string | number | boolean;

export interface ParseParams {
  readonly schema?: TableSchema | undefined;
  readonly delimiter: string;
  readonly missing: readonly string[];
  readonly encoding: string;
  readonly key: readonly string[];
  readonly where: Readonly<Record<string, Kept | readonly Kept[]>>;
}

/** A column being read: its place in the file, its text with missing cells as NULL, and its typed value. */
interface Reading {
  readonly name: string;
  readonly schema: ColumnSchema;
  readonly text: Sql;
  readonly value: Sql;
}

const EXAMPLES = 5;

/**
 * Reads a CSV file as a table with row identities. Throws a UserError naming file, line, column, what was expected and
 * what is there when the file is not what its schema says.
 */
export async function parseCsv(
  database: Database,
  file: { path: string; name: string },
  params: ParseParams,
  scratch: string,
): Promise<TableOutput> {
  const { name } = file;
  const checked = await checkText({ ...file, encoding: params.encoding, copy: joinPath(scratch, 'source.utf8') });
  const names = headerNames(await firstRecord(checked.path, params.delimiter), name);
  const wanted = columnsToRead(names, params.schema, name);
  for (const column of params.key) requireName(names, column, 'key', name);
  for (const column of Object.keys(params.where)) requireName(names, column, 'where', name);

  const source: CsvSource = { path: checked.path, name, delimiter: params.delimiter, columns: names.length };
  await loadCells(database, source);
  const readings = await readingsOf(database, names, wanted, params);
  const keep = filterOf(names, readings, params);
  await refuseViolations(database, source, readings, keep);
  const identity = await rowIdentity(database, source, names, params, keep);
  const columns = readings.map((reading) => sql`${reading.value} AS ${id(reading.name)}`);
  return writeTable(
    database,
    sql`SELECT ${identity} AS ${id(ROW_ID)}, ${join(columns)} FROM ${id(RAW)} WHERE ${keep} ORDER BY ${id(RAW)}.${RECORD}`,
    scratch,
  );
}

async function firstRecord(path: string, delimiter: string): Promise<CsvRecord | undefined> {
  for await (const record of csvRecords(path, delimiter)) return record;
  return undefined;
}

function textOf(index: number, missing: readonly string[]): Sql {
  const cell = rawColumn(index);
  return sql`(CASE WHEN list_contains(${missing}::VARCHAR[], ${cell}) THEN NULL ELSE ${cell} END)`;
}

async function readingsOf(
  database: Database,
  names: readonly string[],
  wanted: readonly string[],
  params: ParseParams,
): Promise<Reading[]> {
  const texts = wanted.map((name) => ({ name, text: textOf(names.indexOf(name), params.missing) }));
  const open = texts.filter(({ name }) => !params.schema || !Object.hasOwn(params.schema.columns, name));
  const inferred = new Map((await inferTypes(database, open, id(RAW))).map(({ name, type }) => [name, type]));
  return texts.map(({ name, text }) => {
    const schema = params.schema?.columns[name] ?? { type: inferred.get(name) ?? 'text', nullable: true };
    return { name, schema, text, value: readAs(schema.type, text) };
  });
}

/** The rows to keep. A column outside the schema is compared as text. */
function filterOf(names: readonly string[], readings: readonly Reading[], params: ParseParams): Sql {
  const conditions = Object.entries(params.where).map(([name, value]) => {
    const values = typeof value === 'object' ? value : [value];
    const reading = readings.find((one) => one.name === name);
    const text = textOf(names.indexOf(name), params.missing);
    if (!reading || values.some((one) => typeof one === 'string')) {
      return sql`list_contains(${values.map(String)}::VARCHAR[], ${text})`;
    }
    return sql`list_contains(${values}, ${reading.value})`;
  });
  return conditions.length === 0 ? sql`true` : sql`coalesce(${join(conditions, ' AND ')}, false)`;
}

async function refuseViolations(
  database: Database,
  source: CsvSource,
  readings: readonly Reading[],
  keep: Sql,
): Promise<void> {
  const rows = sql`(FROM ${id(RAW)} WHERE ${keep})`;
  const checks: (Check & { reading: Reading })[] = [];
  for (const reading of readings) {
    const found = await checksOf(database, reading.schema, reading.text, reading.value, rows);
    checks.push(...found.map((check) => ({ ...check, reading })));
  }
  if (checks.length === 0) return;
  const counted = checks.map((check, i) => sql`count(*) FILTER (WHERE ${check.failing}) AS ${id(`k${i}`)}`);
  const counts = await database.row<Record<string, number>>(sql`SELECT ${join(counted)} FROM ${rows}`);
  const broken = checks.filter((_, i) => (counts[`k${i}`] ?? 0) > 0);
  if (broken.length === 0) return;
  const total = checks.reduce((sum, _, i) => sum + (counts[`k${i}`] ?? 0), 0);
  const found = broken.map(
    (check, i) =>
      sql`(SELECT ${RECORD} AS n, ${Number(i)}::INTEGER AS which, ${check.reading.text} AS text FROM ${rows}
           WHERE ${check.failing} ORDER BY ${RECORD} LIMIT 5)`,
  );
  const examples = await database.rows<{ n: number; which: number; text: string | null }>(
    sql`FROM (${join(found, ' UNION ALL ')}) ORDER BY n, which LIMIT 5`,
  );
  const lines = await lineOfRecord(
    source,
    examples.map((example) => example.n),
  );
  const said = examples.map(({ n, which, text }) => {
    const cell = text === null ? 'nothing' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
    return `line ${lines.get(n)}, ${broken[which]?.reading.name}: ${cell}`;
  });
  const first = examples[0];
  const of = first ? broken[first.which] : undefined;
  throw new UserError(
    `${source.name} is not what its schema says: ${total} ${total === 1 ? 'cell' : 'cells'} at fault in ` +
      [...new Set(broken.map((check) => check.reading.name))].join(', '),
    {
      where: { file: source.name, row: first && lines.get(first.n), column: of?.reading.name },
      expected: [...new Set(broken.map((check) => `${check.reading.name}: ${check.expected}`))].join('; '),
      actual: said.join('; ') + (total > EXAMPLES ? `; … (${EXAMPLES} of ${total})` : ''),
      remedy: 'correct these cells, or the schema: a value that stands for missing goes into `missing`',
    },
  );
}

/**
 * SQL for the identity of a row: its key, or a digest of all its cells (by column name, so the order of columns does
 * not matter), with `~2`, `~3`, … for further rows that are equal.
 */
async function rowIdentity(
  database: Database,
  source: CsvSource,
  names: readonly string[],
  params: ParseParams,
  keep: Sql,
): Promise<Sql> {
  if (params.key.length > 0) {
    const parts = params.key.map((name) => textOf(names.indexOf(name), params.missing));
    const key = parts.length === 1 && parts[0] ? parts[0] : sql`to_json([${join(parts)}])::VARCHAR`;
    await refuseBadKeys(database, source, params.key, parts, key, keep);
    return key;
  }
  const sorted = names.map((name, index) => ({ name, index })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const cells = sorted.map(({ index }) => rawColumn(index));
  const digest = sql`substr(sha256(to_json([${join(cells)}])::VARCHAR), 1, 24)`;
  const nth = sql`row_number() OVER (PARTITION BY ${digest} ORDER BY ${RECORD})`;
  return sql`${digest} || CASE WHEN ${nth} = 1 THEN '' ELSE '~' || ${nth} END`;
}

async function refuseBadKeys(
  database: Database,
  source: CsvSource,
  names: readonly string[],
  parts: readonly Sql[],
  key: Sql,
  keep: Sql,
): Promise<void> {
  const missing = join(
    parts.map((part) => sql`${part} IS NULL`),
    ' OR ',
  );
  const rows = await database.rows<{ key: string | null; ns: number; first: number; second: number | null }>(
    sql`SELECT CASE WHEN ${missing} THEN NULL ELSE ${key} END AS key, count(*) AS ns, min(${RECORD}) AS first,
               CASE WHEN count(*) > 1 THEN list_sort(list(${RECORD}))[2] END AS second
        FROM ${id(RAW)} WHERE ${keep} GROUP BY 1 HAVING count(*) > 1 OR key IS NULL ORDER BY first LIMIT 5`,
  );
  const first = rows[0];
  if (!first) return;
  const lines = await lineOfRecord(
    source,
    rows.flatMap((row) => [row.first, row.second ?? row.first]),
  );
  const said = rows.map((row) =>
    row.key === null
      ? `line ${lines.get(row.first)}: no key`
      : `lines ${lines.get(row.first)} and ${lines.get(row.second ?? row.first)}: ${JSON.stringify(row.key)}`,
  );
  throw new UserError(`the key ${names.join(', ')} does not identify the rows of ${source.name}`, {
    where: { file: source.name, row: lines.get(first.second ?? first.first), column: names[0] },
    expected: 'a value in each row that no other row has',
    actual: said.join('; '),
    remedy: 'name more columns as key, or leave key out',
  });
}
