import { z } from 'zod';

/**
 * What the values of a column are at their source. A `decimal` is exact there and may have more digits than a number of a
 * table; a `binary` is bytes, written as hexadecimal text; of `raw` text nothing is known, and all of it decides.
 */
export const HOLDS = ['raw', 'integer', 'decimal', 'number', 'text', 'binary', 'boolean', 'date', 'timestamp'] as const;

/** A column as a source gives it. */
export const takenColumn = z.strictObject({
  name: z.string(),
  /** Its type as the source calls it. */
  type: z.string(),
  holds: z.enum(HOLDS),
});
export type TakenColumn = z.output<typeof takenColumn>;

/** The two files of a snapshot of rows: their cells as the source writes them, and what their columns are. */
export const ROWS_FILE = 'rows.parquet';
export const COLUMNS_FILE = 'columns.json';

/** The name of a column among the rows, whatever it is called at the source. */
export function cellName(column: number): string {
  return `cell ${column}`;
}
