import { dataColumns, id, join, sql, type Column, type Database } from '@trainyard/tables';

/** How often the values of a column repeat; estimated (HyperLogLog), the same on every machine. */
export interface Repeating {
  readonly column: Column;
  readonly values: number;
  readonly rows: number;
  /** Rows whose text has several words. */
  readonly wordy: number;
}

/** Of the columns that could name something (text, whole numbers), how often their values repeat. */
export async function repeatingOf(database: Database, columns: readonly Column[]): Promise<Repeating[]> {
  const named = dataColumns(columns).filter(({ type }) => type === 'text' || type === 'integer');
  if (named.length === 0) return [];
  const counts = await database.row<Record<string, number>>(
    sql`SELECT ${join(
      named.flatMap(({ name }, i) => [
        sql`approx_count_distinct(${id(name)}) AS ${id(`v${i}`)}`,
        sql`count(${id(name)}) AS ${id(`n${i}`)}`,
        sql`count(*) FILTER (WHERE contains(trim(${id(name)}::VARCHAR), ' ')) AS ${id(`w${i}`)}`,
      ]),
    )} FROM rows`,
  );
  return named.map((column, i) => ({
    column,
    values: counts[`v${i}`] ?? 0,
    rows: counts[`n${i}`] ?? 0,
    wordy: counts[`w${i}`] ?? 0,
  }));
}

/** Rows from which on a column whose values hardly repeat is taken for an identifier. */
const TELLING_ROWS = 20;

/** Whether a column names each row: its values hardly repeat, and are no sentences. */
export function namesRows({ values, rows, wordy }: Repeating): boolean {
  return rows >= TELLING_ROWS && values >= 0.9 * rows && wordy < rows / 10;
}

/** Whether a column could name something that has several rows: many values, each of some rows. */
export function namesSeveral({ values, rows }: Repeating): boolean {
  return values > Math.max(20, Math.sqrt(rows)) && values <= rows / 1.5;
}
