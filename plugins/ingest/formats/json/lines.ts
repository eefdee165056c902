import { open, stat } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { UserError } from '../../../../core/index.js';
import { inner, sql, type Database, type LeftOut, type Sql } from '@trainyard/tables';
import { checkText, type Encoding } from '../../csv/index.js';
import { withPlainEnds } from '../line-ends.js';
import { pointerTo } from './shape.js';

/** The most characters of one line, and bytes of one record. */
const LONGEST = 8_000_000;
/** The most bytes of a document that is read whole, since its records stand inside it. */
const LARGEST = 512_000_000;

/** Table of the records: number from 1, file (by its place in the list), line or place in that file, JSON text. */
export const RECORDS = inner('json records');
export const [NUMBER, FILE, LINE, JSON_TEXT] = [inner('n'), inner('file'), inner('line'), inner('json')];

export interface JsonFile {
  readonly path: string;
  /** What people call it. */
  readonly name: string;
}

export interface JsonRecords {
  /** A value on each line, instead of a document. */
  readonly lines: boolean;
  /** Where the records of a document are: keys joined by points. */
  readonly records?: string | undefined;
  readonly encoding: Encoding;
  /** Whether what is no JSON object is left out, and not refused. */
  readonly setAside: boolean;
}

/** Records that are no JSON objects: file, line or place in it, text, and why. */
const LOST = inner('no json');

/**
 * Loads the records of files as JSON text; gives what was left out, where that is asked for. Throws a UserError naming file and
 * line for what is no JSON.
 */
export async function loadRecords(
  database: Database,
  files: readonly JsonFile[],
  options: JsonRecords,
  scratch: string,
): Promise<LeftOut | undefined> {
  if (options.setAside)
    await database.run(
      sql`CREATE OR REPLACE TABLE ${LOST} (file VARCHAR, line BIGINT, text VARCHAR, rule VARCHAR, expected VARCHAR)`,
    );
  await database.run(
    sql`CREATE OR REPLACE TABLE ${RECORDS} (${NUMBER} BIGINT, ${FILE} BIGINT, ${LINE} BIGINT, ${JSON_TEXT} VARCHAR)`,
  );
  for (const [i, file] of files.entries()) {
    const text = await checkText(file, options.encoding, joinPath(scratch, `json-${i}.utf8`));
    const path = options.lines ? await withPlainEnds(text.path, joinPath(scratch, `json-${i}.plain`)) : text.path;
    const one = { path, name: file.name };
    const from = options.lines ? linesIn(path) : await recordsIn(one, options.records);
    const { before } = await database.row<{ before: number }>(
      sql`SELECT coalesce(max(${NUMBER}), 0) AS before FROM ${RECORDS}`,
    );
    try {
      await database.run(
        sql`INSERT INTO ${RECORDS} SELECT (row_number() OVER () + ${BigInt(before)})::BIGINT, ${BigInt(i)}, line, text
            FROM (SELECT row_number() OVER () AS line, text FROM ${from}) WHERE trim(text, ' \t\r') <> ''`,
      );
    } catch (error) {
      throw notJson(one, error);
    }
    const unit = options.lines ? 'line' : 'record';
    if (options.setAside) await leaveOut(database, one, i, unit);
    else await refuseInvalid(database, one, i, unit);
  }
  if (!options.setAside) return undefined;
  const { count } = await database.row<{ count: number }>(sql`SELECT count(*) AS count FROM ${LOST}`);
  return { count, rows: LOST };
}

/** SQL for whether a record of the file at this place is no JSON object. */
function invalidIn(place: number): Sql {
  return sql`${FILE} = ${BigInt(place)} AND (NOT json_valid(${JSON_TEXT}) OR left(ltrim(${JSON_TEXT}, ' \t\r'), 1) <> '{')`;
}

const EXPECTED = { line: 'a JSON object on each line', record: 'a list of JSON objects' } as const;

async function leaveOut(database: Database, file: JsonFile, place: number, unit: keyof typeof EXPECTED): Promise<void> {
  await database.run(
    sql`INSERT INTO ${LOST} SELECT ${file.name}, ${LINE}, ${JSON_TEXT}, 'json', ${EXPECTED[unit]} FROM ${RECORDS}
        WHERE ${invalidIn(place)} ORDER BY ${NUMBER}`,
  );
  await database.run(sql`DELETE FROM ${RECORDS} WHERE ${invalidIn(place)}`);
}

/** SQL for the lines of a file. No line holds the delimiter: JSON writes that character as an escape. */
function linesIn(path: string): Sql {
  return sql`read_csv(${path}, auto_detect = false, header = false, delim = ${'\u0001'}, quote = '', escape = '',
    strict_mode = false, max_line_size = ${BigInt(LONGEST)}, columns = {text: 'VARCHAR'})`;
}

/** SQL for the records of a document: the elements of its array, or of the one that is named in it, or itself. */
async function recordsIn(file: JsonFile, records: string | undefined): Promise<Sql> {
  const [first, last] = await outerCharacters(file.path);
  if (first === '[' && records === undefined) {
    // The database takes an array that breaks off for a whole one.
    if (last !== ']')
      throw new UserError(`${file.name} is not well-formed JSON`, {
        where: { file: file.name },
        expected: 'an array that ends with ]',
        actual: `it ends with ${last ?? 'nothing'}`,
        remedy: 'the file may have been cut off: fetch it again',
      });
    return sql`(SELECT json::VARCHAR AS text FROM read_json(${file.path}, format = 'array', records = 'false',
      maximum_object_size = ${BigInt(LONGEST)}, columns = {json: 'JSON'}))`;
  }
  const { size } = await stat(file.path);
  if (size > LARGEST)
    throw new UserError(`${file.name} is one JSON document of ${size} bytes, which has to be read whole`, {
      where: { file: file.name },
      expected: `at most ${LARGEST} bytes, an array, or a record on each line`,
      actual: `${size} bytes`,
      remedy: 'write a record on each line, and name it .jsonl',
    });
  const document = sql`(SELECT content::JSON AS json FROM read_text(${file.path}))`;
  if (records === undefined) return sql`(SELECT json::VARCHAR AS text FROM ${document})`;
  const pointer = pointerTo(records.split('.'));
  return sql`(SELECT unnest(CASE WHEN json_type(json, ${pointer}) = 'ARRAY' THEN from_json(json_extract(json, ${pointer}), '["JSON"]')
      ELSE error(${`${records} is no array`}) END)::VARCHAR AS text FROM ${document})`;
}

/** The first and the last character of a text that are no white space. */
async function outerCharacters(path: string): Promise<[first: string | undefined, last: string | undefined]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const textAt = async (from: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, from);
      return buffer
        .subarray(0, bytesRead)
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .trim();
    };
    return [(await textAt(0))[0], (await textAt(Math.max(0, size - 4096))).at(-1)];
  } finally {
    await file.close();
  }
}

async function refuseInvalid(
  database: Database,
  file: JsonFile,
  place: number,
  unit: keyof typeof EXPECTED,
): Promise<void> {
  const wrong = await database.rows<{ line: number; text: string; all: number }>(
    sql`SELECT ${LINE} AS line, left(${JSON_TEXT}, 60) AS text, count(*) OVER () AS all FROM ${RECORDS}
        WHERE ${invalidIn(place)} ORDER BY 1 LIMIT 5`,
  );
  const [first] = wrong;
  if (!first) return;
  throw new UserError(
    `${file.name} holds what is no JSON object: ${first.all} ${first.all === 1 ? unit : `${unit}s`}`,
    {
      where: { file: file.name, row: first.line },
      expected: EXPECTED[unit],
      actual:
        wrong.map(({ line, text }) => `${unit} ${line}: ${text}`).join('; ') + (first.all > wrong.length ? '; …' : ''),
      remedy:
        unit === 'line'
          ? "correct these lines; for a document over several lines pass format: { type: 'json' }"
          : "say where the records are, such as format: { type: 'json', records: 'data.items' }",
    },
  );
}

/** What the database says of a file, without its path on this machine. */
function notJson(file: JsonFile, error: unknown): unknown {
  const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (!/JSON|CSV|Malformed|line size|no array|object_size/i.test(said)) return error;
  return new UserError(`${file.name} is not well-formed JSON`, {
    where: { file: file.name },
    actual: said.replaceAll(file.path, file.name).slice(0, 500),
    cause: error,
  });
}
