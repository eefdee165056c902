import { createWriteStream } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type sqlite3 from 'node-sqlite3-wasm';
import { UserError } from '../../../../core/index.js';
import type { TakenColumn } from '../../row-files/index.js';

type Database = InstanceType<typeof sqlite3.Database>;

/** Rows that are fetched at once: each fetch crosses from WebAssembly into JavaScript. */
const FETCHED = 256;

/** Opens a copy of a database; nobody else uses it, so that its log needs no shared memory. */
export async function openCopy(path: string, name: string): Promise<Database> {
  // Not before: it takes 17 MB of each process that has this module.
  const { default: library } = await import('node-sqlite3-wasm');
  const database = new library.Database(path, { fileMustExist: true });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.get('SELECT count(*) FROM sqlite_schema');
    return database;
  } catch (cause) {
    database.close();
    throw refused(cause, name);
  }
}

/** What SQLite said against a query or a file. */
export function refused(cause: unknown, name: string): Error {
  if (!(cause instanceof Error && cause.name === 'SQLite3Error')) return cause as Error;
  const damaged = /malformed|not a database|disk image/i.test(cause.message);
  return new UserError(damaged ? `${name} is damaged` : `SQLite refuses the query in ${name}`, {
    where: { file: name, ...(damaged ? {} : { field: 'query' }) },
    expected: damaged ? 'a database that "PRAGMA integrity_check" finds in order' : 'one SELECT that runs there',
    actual: cause.message,
    remedy: damaged
      ? 'mend it with ".recover" of the sqlite3 shell'
      : 'try the query in the sqlite3 shell, then correct it here',
  });
}

/** Rows to read, to stand after FROM as `q`, with the values of their parameters. */
export interface Rows {
  readonly from: string;
  readonly values: readonly (string | number | bigint)[];
}

/** A query's rows as `q`. Brackets take one SELECT and nothing else; the line end ends a comment. */
export function rowsOf(query: string): string {
  return `(\n${query.replace(/[\s;]+$/, '')}\n) AS q`;
}

/** An SQL name. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Names of the columns that a query gives. Throws a UserError for names given twice, also but for case: SQLite cannot tell them apart. */
export function columnsOf(database: Database, query: string, name: string): string[] {
  try {
    database.exec(`CREATE TEMP VIEW "~ty asked" AS SELECT * FROM ${rowsOf(query)}`);
    const columns = database.all('PRAGMA temp.table_info("~ty asked")').map((column) => String(column['name']));
    database.exec('DROP VIEW temp."~ty asked"');
    // Of two columns of one name, SQLite calls the second "name:1".
    const twice = columns.find(
      (one) => /:\d+$/.test(one) && columns.some((other) => same(other, one.replace(/:\d+$/, ''))),
    );
    if (twice === undefined) return columns;
    const given = twice.replace(/:\d+$/, '');
    throw new UserError(`the query gives two columns called "${given}"`, {
      where: { field: 'query', column: given },
      expected: 'a name of its own for each column; case does not tell them apart',
      remedy: `name one of them otherwise: … AS "${given} 2"`,
    });
  } catch (cause) {
    throw refused(cause, name);
  }
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The kinds of values that SQLite knows. */
const KINDS = ['integer', 'real', 'text', 'blob'] as const;
/** Columns that one pass looks at. */
const CHUNK = 100;

/**
 * What the columns of a query hold. SQLite's columns have no type, their values have: a column of one kind of values is of
 * that kind, whole numbers beside fractions are decimals, and any other mixture is refused with an example.
 */
export function holdingsOf(database: Database, rows: Rows, columns: readonly string[], name: string): TakenColumn[] {
  const held: TakenColumn[] = [];
  for (let first = 0; first < columns.length; first += CHUNK) {
    const part = columns.slice(first, first + CHUNK);
    const counts = part.flatMap((column, i) =>
      KINDS.map((kind) => `count(*) FILTER (WHERE typeof(q.${quoted(column)}) = '${kind}') AS ${kind}${i}`),
    );
    const counted = row<Record<string, number>>(database, `SELECT ${counts.join(', ')} FROM ${rows.from}`, rows.values);
    for (const [i, column] of part.entries()) {
      const there = KINDS.map((kind) => ({ kind, count: counted[`${kind}${i}`] ?? 0 })).filter(
        ({ count }) => count > 0,
      );
      const holds = HOLDS[there.map(({ kind }) => kind).join(' ')];
      if (holds === undefined) throw mixture(database, rows, column, there, name);
      held.push({ name: column, type: there.map(({ kind }) => kind).join(' and ') || 'nothing', holds });
    }
  }
  return held;
}

const HOLDS: Readonly<Record<string, TakenColumn['holds']>> = {
  '': 'text',
  integer: 'integer',
  real: 'number',
  'integer real': 'decimal',
  text: 'text',
  blob: 'binary',
};

/** Values of several kinds in one column, for people, with an example of the rarest. */
function mixture(
  database: Database,
  { from, values }: Rows,
  column: string,
  there: readonly { readonly kind: string; readonly count: number }[],
  name: string,
): UserError {
  const [rarest, ...others] = [...there].sort((a, b) => a.count - b.count).map(({ kind }) => kind);
  const cell = `q.${quoted(column)}`;
  const example = row<{ said: string }>(
    database,
    `SELECT substr(quote(${cell}), 1, 80) AS said FROM ${from} WHERE typeof(${cell}) = '${rarest}' LIMIT 1`,
    values,
  );
  return new UserError(`column "${column}" of ${name} holds values of several kinds`, {
    where: { file: name, column },
    expected: 'values of one kind in a column',
    actual: `${there.map(({ kind, count }) => `${count} ${kind}`).join(', ')}; the ${rarest} is ${example.said}`,
    remedy: `say in the query what is meant: CAST(${quoted(column)} AS TEXT), or WHERE typeof(${quoted(column)}) = '${others.at(-1)}'`,
  });
}

/** The one row of a query that gives one. */
export function row<Row>(database: Database, query: string, values: readonly (string | number | bigint)[] = []): Row {
  const found = database.get(query, [...values]) as Row | null;
  if (found === null) throw new Error('the query gave no row');
  return found;
}

/**
 * Writes the rows of a query as CSV. SQLite makes the lines itself, as bytes: text with NUL and text that is no UTF-8 would
 * else be cut or changed on the way into JavaScript. Throws a UserError for the latter.
 */
export async function writeCsv(
  database: Database,
  { from, values }: Rows,
  columns: readonly TakenColumn[],
  to: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const line = [...columns.map(cellText), `'0'`].join(` || ',' || `);
  const statement = database.prepare(`SELECT CAST(${line} || char(10) AS BLOB) AS line FROM ${from}`);
  function* chunks(): Generator<Buffer> {
    let lines: Uint8Array[] = [];
    let number = 0;
    for (const { line: bytes } of statement.iterate([...values]) as Iterable<{ line: Uint8Array }>) {
      number++;
      if (!isUtf8(bytes)) {
        throw new UserError(`${name} has text that is not UTF-8`, {
          where: { file: name, row: number },
          expected: 'text in UTF-8',
          actual: JSON.stringify(Buffer.from(bytes).toString('latin1').slice(0, 80)),
          remedy: 'take that column as bytes: CAST(… AS BLOB)',
        });
      }
      lines.push(bytes);
      if (lines.length < FETCHED) continue;
      yield Buffer.concat(lines);
      lines = [];
    }
    yield Buffer.concat(lines);
  }
  try {
    await pipeline(Readable.from(chunks(), { objectMode: false }), createWriteStream(to), { signal });
  } catch (cause) {
    throw refused(cause, name);
  } finally {
    statement.finalize();
  }
}

/** SQL for a value as a cell of CSV: exact; numbers of 17 digits are their double. */
function cellText({ name, holds }: TakenColumn): string {
  const cell = `q.${quoted(name)}`;
  switch (holds) {
    case 'binary':
      return `coalesce('"' || lower(hex(${cell})) || '"', '')`;
    case 'text':
      return `coalesce('"' || replace(${cell}, '"', '""') || '"', '')`;
    default:
      return `CASE typeof(${cell}) WHEN 'null' THEN '' WHEN 'integer' THEN '"' || ${cell} || '"'
              ELSE CASE ${cell} WHEN 9e999 THEN '"Infinity"' WHEN -9e999 THEN '"-Infinity"' ELSE printf('"%!.17g"', ${cell}) END END`;
  }
}
