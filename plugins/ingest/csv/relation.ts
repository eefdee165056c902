import { join, rawColumn, rawName, sql, Sql } from '@trainyard/tables';
import type { Dialect } from './records.js';

/** Bytes that a line may have where nothing says that there are longer ones: the database's buffers grow with it. */
const USUAL_LINE = 2_000_000;

/** A CSV file that the database and `csvRecords` read alike. */
export interface PlainFile {
  readonly path: string;
  readonly dialect: Dialect;
  readonly columns: number;
  /** Whether its first record has the columns' names. */
  readonly header: boolean;
  /** Whether lines end with CRLF; with LF otherwise. */
  readonly carriage: boolean;
  /** Whether there is a quote anywhere. */
  readonly quoted: boolean;
  /** Whether lines end with a delimiter: of such files each line's cells are counted. */
  readonly openEnds: boolean;
  /** The most bytes that a line may have. Default 2,000,000. */
  readonly longest?: number | undefined;
}

/** What a query of the cells fails with where a line has too few or too many of them. */
export const RAGGED = 'CSV: a line has another number of cells';

/** No cell is this text, so that none becomes NULL. */
const NOTHING = '\u0001~ty nothing';

/**
 * SQL for the cells of a file as text: it is read anew by each query, by as many threads as there are. LF is
 * given as the line end, since the database takes a CR in a first quoted cell for one; CRLF is not: told so, it reads some
 * files as empty.
 *
 * The database drops cells too many at a line's end where they are empty. So a column more is asked for, which no line
 * may have: a line that has it, or that lacks the last, fails the query. Where there are quotes only one thread can do
 * that, so it is asked of those files alone whose lines end with a delimiter.
 */
export function csvRelation(file: PlainFile): Sql {
  const { path, dialect, columns, header, carriage, quoted, openEnds, longest = 0 } = file;
  const newLine = carriage ? sql`` : sql`new_line = '\\n',`;
  const counted = !quoted || openEnds;
  const names = Array.from({ length: counted ? columns + 1 : columns }, (_, i) => sql`${rawName(i)}: 'VARCHAR'`);
  const quote = quoted ? dialect.quote : '';
  const reading = sql`read_csv(${path}, auto_detect = false, header = ${header}, delim = ${dialect.delimiter},
    quote = ${quote}, escape = ${quote}, strict_mode = true, ${newLine} null_padding = ${counted}, parallel = ${!(quoted && counted)},
    nullstr = ${NOTHING}, max_line_size = ${Sql.of(String(Math.max(longest, USUAL_LINE)))}, columns = {${join(names)}})`;
  if (!counted) return reading;
  const cells = Array.from({ length: columns }, (_, i) => rawColumn(i));
  const ragged = sql`${rawColumn(columns)} IS NOT NULL OR ${rawColumn(columns - 1)} IS NULL`;
  return sql`(SELECT ${join(cells)} FROM ${reading} WHERE CASE WHEN ${ragged} THEN error(${RAGGED}) ELSE true END)`;
}
