import { UserError, type TrainyardError } from '@trainyard/errors';
import { writeTable, type TableOutput } from './artifact.js';
import type { Database } from './database.js';
import { ROW_ID } from './schema.js';
import { sayLimit, sayLine, type Bad, type QuarantineLine } from './bad.js';
import { id, join, sql, type Sql } from './sql.js';

/** Rows that an error shows. */
const EXAMPLES = 5;

/**
 * A reason for which rows are dropped. It is asked of a relation of which each row has what `RowPlace` says; the rows for
 * which `failing` is true are dropped.
 */
export interface Fault {
  /** What the rule is called: `type`, `range`, `duplicates`. */
  readonly rule: string;
  /** The column at fault; null where a rule looks at the whole row. */
  readonly column: string | null;
  readonly failing: Sql;
  /** The cell as it stood, as text; NULL for a missing one. */
  readonly text: Sql;
  /** What was expected, in words. */
  readonly expected: string;
}

/** Where a row stands, and what it holds, as SQL over the relation that faults are asked of. */
export interface RowPlace {
  /** Its identity. */
  readonly row: Sql;
  /** Its number in the source: the line of a file, or the place in a table, from 1. */
  readonly place: Sql;
  /** Its cells, each under its column's name. */
  readonly cells: readonly { readonly name: string; readonly cell: Sql }[];
}

/**
 * SQL for the lines of a quarantine: one for each row of `from` and fault, in the order of the source and of the faults.
 * A line holds
 *
 * | column | |
 * | --- | --- |
 * | `_row` | identity of the line: row, rule and column |
 * | `row` | identity of the row that was dropped |
 * | `place` | its number in the source |
 * | `rule` | the rule that it breaks |
 * | `column` | the column at fault; missing where the rule looks at the whole row |
 * | `text` | the cell as it stood; missing where there was none |
 * | `expected` | what was expected |
 * | `record` | the whole row, as a JSON object of texts |
 */
export function quarantineLines(from: Sql, { row, place, cells }: RowPlace, faults: readonly Fault[]): Sql {
  const record =
    cells.length === 0
      ? sql`'{}'`
      : sql`to_json(struct_pack(${join(cells.map(({ name, cell }) => sql`${id(name)} := (${cell})::VARCHAR`))}))::VARCHAR`;
  const lines = faults.map(
    ({ rule, column, failing, text, expected }, nth) =>
      sql`SELECT (${row}) || ${`/${rule}/${column ?? ''}`} AS ${id(ROW_ID)}, ${row} AS "row", (${place})::BIGINT AS place,
            ${rule} AS rule, ${column}::VARCHAR AS "column", (${text})::VARCHAR AS "text", ${expected} AS expected,
            ${record} AS record, ${BigInt(nth)} AS nth
          FROM ${from} WHERE ${failing}`,
  );
  const all = lines.length === 0 ? NONE : join(lines, ' UNION ALL ');
  return sql`SELECT * EXCLUDE nth FROM (${all}) ORDER BY place, nth`;
}

const NONE = sql`SELECT '' AS ${id(ROW_ID)}, '' AS "row", (0)::BIGINT AS place, '' AS rule, '' AS "column", '' AS "text",
  '' AS expected, '' AS record, (0)::BIGINT AS nth WHERE false`;

/**
 * Writes a quarantine as a table artifact, whose value also counts the rows that were dropped and those that were read. A row is
 * known by its `place`, or by what `row` says.
 */
export async function writeQuarantine(
  database: Database,
  lines: Sql,
  read: number,
  scratch: string,
  { name = 'quarantine', row = id('place') }: { readonly name?: string; readonly row?: Sql } = {},
): Promise<TableOutput & { readonly value: { readonly dropped: number; readonly read: number } }> {
  const written = await writeTable(database, lines, scratch, name, { rules: [] });
  const { path } = written.files['data.parquet'];
  const { dropped } = await database.row<{ dropped: number }>(
    sql`SELECT count(DISTINCT ${row}) AS dropped FROM read_parquet(${path})`,
  );
  return { ...written, value: { ...written.value, dropped, read } };
}

/** The first lines of a quarantine that was written. */
export function firstLines(database: Database, path: string, count = EXAMPLES): Promise<QuarantineLine[]> {
  return database.rows<QuarantineLine>(
    sql`SELECT * EXCLUDE (${id(ROW_ID)}, record) FROM read_parquet(${path}) LIMIT ${BigInt(count)}`,
  );
}

/** The error for a quarantine over its limit: how many rows, five of them, and what to do. */
export function overLimit(
  source: string,
  bad: Bad,
  { dropped, read }: { readonly dropped: number; readonly read: number },
  first: readonly QuarantineLine[],
  unit = 'row',
): TrainyardError {
  const share = `${Number(((100 * dropped) / read).toPrecision(3))} %`;
  return new UserError(`${dropped} of ${read} rows of ${source} break its rules (${share}), over the stated limit`, {
    where: { file: source, row: first[0]?.place, column: first[0]?.column ?? undefined },
    expected: sayLimit(bad),
    actual: first.map((line) => sayLine(line, unit)).join('; ') + (dropped > first.length ? '; …' : ''),
    remedy: `correct the rows or the rules, raise bad.limit, or let a person decide: bad: { limit: ${bad.limit}, over: 'hold' }`,
  });
}
