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
import { rowIdentity } from './identity.js';
import { lineOfRecord, loadCells, RAW, RECORD, textOf, type CsvSource } from './load.js';
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
  const { identity, from } = await rowIdentity(database, source, names, params, keep);
  const columns = readings.map((reading) => sql`${reading.value} AS ${id(reading.name)}`);
  return writeTable(
    database,
    sql`SELECT ${identity} AS ${id(ROW_ID)}, ${join(columns)} FROM ${from} WHERE ${keep} ORDER BY ${id(RAW)}.${RECORD}`,
    scratch,
  );
}

async function firstRecord(path: string, delimiter: string): Promise<CsvRecord | undefined> {
  for await (const record of csvRecords(path, delimiter)) return record;
  return undefined;
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
