import { innerName, inner } from '@trainyard/tables/inner';
import { join, sql, type Sql } from '@trainyard/tables/sql';
import { TableColumns, type Column } from './sql/columns.js';
import { readsOf, type FittedTransform } from './transform.js';

/** What a table has in a column that a transform reads. */
export interface InputCoverage {
  readonly column: string;
  /** Rows without a value; NaN is none. */
  readonly missing: number;
  /** Rows with a value that fitting did not keep, where the column is read as categories. */
  readonly unknown?: number;
}

/** The columns that a transform reads of a table, each once, with the categories that any step knows of it. */
function inputsOf(transform: FittedTransform): { column: string; categories: readonly string[] | undefined }[] {
  const inputs = new Map<string, Set<string> | undefined>();
  for (const { column, categories } of readsOf(transform)) {
    const known = inputs.get(column);
    inputs.set(column, categories ? new Set([...(known ?? []), ...categories]) : known);
  }
  return [...inputs].map(([column, known]) => ({ column, categories: known && [...known] }));
}

/** One row of counts over the rows of `from`, for `readCoverage`. The table has all columns that the transform reads. */
export function coverageQuery(transform: FittedTransform, from: Sql, columns: readonly Column[]): Sql {
  const table = new TableColumns(columns);
  const counts = inputsOf(transform).flatMap(({ column, categories }, i) => {
    const missing = table.missing(column);
    const counted = [sql`count(*) FILTER (WHERE ${missing}) AS ${inner(`missing ${i}`)}`];
    if (!categories) return counted;
    const unknown = sql`NOT ${missing} AND ${table.code(column, categories)} IS NULL`;
    return [...counted, sql`count(*) FILTER (WHERE ${unknown}) AS ${inner(`unknown ${i}`)}`];
  });
  return sql`SELECT ${join([sql`count(*) AS rows`, ...counts])} FROM ${table.over(from)}`;
}

/** What the row of a `coverageQuery` says. */
export function readCoverage(
  transform: FittedTransform,
  row: Readonly<Record<string, number>>,
): { readonly rows: number; readonly inputs: InputCoverage[] } {
  const inputs = inputsOf(transform).map(({ column, categories }, i): InputCoverage => {
    const missing = row[innerName(`missing ${i}`)] ?? 0;
    return categories ? { column, missing, unknown: row[innerName(`unknown ${i}`)] ?? 0 } : { column, missing };
  });
  return { rows: row['rows'] ?? 0, inputs };
}
