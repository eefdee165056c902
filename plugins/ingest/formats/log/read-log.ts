import { join as joinPath } from 'node:path';
import { UserError } from '../../../../core/index.js';
import { inner, join, rawColumn, RECORD, sql, type Database, type RawText, type Sql } from '@trainyard/tables';
import { checkText, type Encoding } from '../../csv/index.js';
import { withPlainEnds } from '../line-ends.js';
import { readPattern } from './pattern.js';

/** The most characters of one line. */
const LONGEST = 8_000_000;
const [LINES, RAW, TEXT, LINE, FOUND] = [inner('lines'), inner('log'), inner('text'), inner('line'), inner('found')];
/** Lines that an error shows. */
const EXAMPLES = 5;

export interface LogOptions {
  readonly pattern: string;
  /** Lines that may differ: a share below 1, a count from 1 on. */
  readonly unmatched: number;
  /** Whether all of them are left out: how many may be is for others to say. */
  readonly setAside: boolean;
  readonly encoding: Encoding;
}

/**
 * Reads the lines of a log as cells: the named groups of a pattern that matches whole lines. Blank lines are none. Lines that do not match
 * are counted and kept beside the table; over the limit a UserError shows five of them.
 */
export async function readLog(
  database: Database,
  file: { readonly path: string; readonly name: string },
  { pattern, unmatched, setAside, encoding }: LogOptions,
  scratch: string,
): Promise<RawText> {
  if (setAside && unmatched > 0)
    throw new UserError('two limits are given for the lines of a log that do not match', {
      where: { field: 'format.unmatched' },
      expected: 'bad.limit, which counts them as well, or unmatched',
      remedy: 'leave unmatched out of the format',
    });
  const text = await checkText(file, encoding, joinPath(scratch, 'log.utf8'));
  const path = await withPlainEnds(text.path, joinPath(scratch, 'log.plain'));
  const { expression, names: groups } = readPattern(pattern);
  const matches = sql`regexp_full_match(${TEXT}, ${expression})`;
  await tryPattern(database, matches, pattern);
  await database.run(
    sql`CREATE OR REPLACE TABLE ${LINES} AS SELECT ${LINE}, ${TEXT}, ${matches} AS ${FOUND} FROM (
        SELECT row_number() OVER () AS ${LINE}, text AS ${TEXT} FROM read_csv(${path}, auto_detect = false, header = false,
          delim = ${'\u0001\u0002\u0001'}, quote = '', escape = '', strict_mode = false, max_line_size = ${BigInt(LONGEST)},
          columns = {text: 'VARCHAR'})) WHERE trim(${TEXT}, ' \t\r') <> ''`,
  );
  const { all, lost } = await database.row<{ all: number; lost: number }>(
    sql`SELECT count(*) AS all, count(*) FILTER (NOT ${FOUND}) AS lost FROM ${LINES}`,
  );
  if (!setAside && (unmatched < 1 ? lost > unmatched * all : lost > unmatched))
    await refuse(database, file.name, lost, all, unmatched);
  const cells = groups.map((group, i) => sql`struct_extract(${FOUND}, ${group}) AS ${rawColumn(i)}`);
  const names = sql`[${join(groups.map((group) => sql`${group}`))}]`;
  await database.run(
    sql`CREATE OR REPLACE TABLE ${RAW} AS SELECT row_number() OVER () AS ${RECORD}, ${LINE}, ${join(cells)} FROM (
        SELECT ${LINE}, regexp_extract(${TEXT}, ${`^(?:${expression})$`}, ${names}) AS ${FOUND} FROM ${LINES} WHERE ${FOUND})`,
  );
  return {
    name: file.name,
    columns: groups.map((name) => ({ name })),
    cells: RAW,
    numbered: RAW,
    locate: async (records) => {
      const rows = await database.rows<{ n: number; line: number }>(
        sql`SELECT ${RECORD} AS n, ${LINE} AS line FROM ${RAW} WHERE ${RECORD} IN (SELECT unnest(${records.map(BigInt)}))`,
      );
      return new Map(rows.map(({ n, line }) => [n, { line }]));
    },
    leftOut: {
      count: lost,
      rows: sql`(SELECT ${file.name} AS file, ${LINE}::BIGINT AS line, ${TEXT} AS text, 'pattern' AS rule,
        ${`a line that matches ${pattern}`} AS expected FROM ${LINES} WHERE NOT ${FOUND})`,
    },
  };
}

/** The database's expressions (RE2) know less than ECMAScript's: what they do not know is told. */
async function tryPattern(database: Database, matches: Sql, pattern: string): Promise<void> {
  try {
    await database.row(sql`SELECT ${matches} AS x FROM (SELECT '' AS ${TEXT})`);
  } catch (cause) {
    throw new UserError('the pattern of a log format cannot be used', {
      where: { field: 'format.pattern' },
      expected: 'an expression of RE2: no look-ahead or look-behind, no back-references',
      actual: `${pattern}: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`,
      cause,
    });
  }
}

async function refuse(database: Database, name: string, lost: number, all: number, limit: number): Promise<never> {
  const examples = await database.rows<{ line: number; text: string }>(
    sql`SELECT ${LINE} AS line, left(${TEXT}, 120) AS text FROM ${LINES} WHERE NOT ${FOUND} ORDER BY 1 LIMIT ${BigInt(EXAMPLES)}`,
  );
  throw new UserError(`${lost} of ${all} lines of ${name} do not match the pattern`, {
    where: { file: name, row: examples[0]?.line },
    expected: `at most ${limit < 1 ? `${limit * 100} % of the lines` : `${limit} lines`}`,
    actual: examples.map(({ line, text }) => `line ${line}: ${text}`).join('; ') + (lost > EXAMPLES ? '; …' : ''),
    remedy: 'widen the pattern, or say how many lines may differ: format: { …, unmatched: 0.01 }',
  });
}
