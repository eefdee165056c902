/** What a function takes and gives: a cell's type, or `numbers`, a list of numbers of which some may be missing. */
export type SqlFunctionType = 'number' | 'integer' | 'text' | 'boolean' | 'numbers';

/**
 * A function of ours that SQL calls by name, where SQL cannot say what is meant; it costs some microseconds a row. Define it
 * with `Database.define`.
 */
export interface SqlFunction {
  /** Unlike any name of the database's own. */
  readonly name: string;
  readonly takes: readonly SqlFunctionType[];
  readonly gives: Exclude<SqlFunctionType, 'numbers'>;
  /** Pure. What is missing is `null`, integers are numbers. An error that it throws is the query's. */
  readonly run: (...cells: never[]) => number | string | boolean | null;
}
