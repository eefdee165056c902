import { join, sql, Sql } from '@trainyard/tables';
import { rawName } from '../typed/index.js';
import type { Dialect } from './records.js';

/** Bytes that a line may have where nothing says that there are longer ones: the database's buffers grow with it. */
const USUAL_LINE = 2_000_000;

/** A CSV file that the database and `csvRecords` read alike. */
export interface PlainFile {
  readonly path: string;
  readonly dialect: Dialect;
  readonly newLine: '\n' | '\r\n';
  readonly columns: number;
  /** Whether its first record has the columns' names. */
  readonly header: boolean;
  /** The most bytes that a line may have. Default 2,000,000. */
  readonly longest?: number | undefined;
}

/** SQL for the cells of a file as text: it is read anew by each query, by as many threads as there are. */
export function csvRelation({ path, dialect, newLine, columns, header, longest = USUAL_LINE }: PlainFile): Sql {
  const names = Array.from({ length: columns }, (_, i) => sql`${rawName(i)}`);
  const types = names.map((name) => sql`${name}: 'VARCHAR'`);
  // No cell is this text: else a cell too many that is empty would pass.
  const nothing = '\u0001~ty nothing';
  return sql`read_csv(${path}, auto_detect = false, header = ${header}, delim = ${dialect.delimiter}, quote = ${dialect.quote},
    escape = ${dialect.quote}, new_line = ${newLine === '\n' ? '\\n' : '\\r\\n'}, strict_mode = true, null_padding = false,
    nullstr = ${nothing}, max_line_size = ${Sql.of(String(Math.max(longest, USUAL_LINE)))}, columns = {${join(types)}})`;
}
