import { DuckDBDoubleVector, JSDuckDBValueConverter, type DuckDBDataChunk } from '@duckdb/node-api';
import { cellOf, type TableCell } from './rows.js';
import type { ColumnType } from './schema.js';

/** Some rows of a query, column by column. */
export interface ColumnBatch {
  readonly rows: number;
  /** A DOUBLE column as numbers, NaN where it is missing; any other as cells. */
  readonly columns: readonly (Float64Array | readonly TableCell[])[];
}

export function columnBatch(chunk: DuckDBDataChunk, types: readonly (ColumnType | undefined)[]): ColumnBatch {
  const columns = types.map((type, i) => {
    const vector = chunk.getColumnVector(i);
    if (vector instanceof DuckDBDoubleVector) return numbersOf(vector, chunk.rowCount);
    return chunk.convertColumnValues(i, JSDuckDBValueConverter).map((value) => cellOf(value, type));
  });
  return { rows: chunk.rowCount, columns };
}

function numbersOf(vector: DuckDBDoubleVector, rows: number): Float64Array {
  const { items, validity } = vector as unknown as Shown;
  const numbers = Float64Array.from(items.subarray(0, rows));
  for (let row = 0; row < rows; row++) if (!validity.itemValid(row)) numbers[row] = NaN;
  return numbers;
}

/** What a vector of doubles holds, and its types do not say. */
interface Shown {
  readonly items: Float64Array;
  readonly validity: { itemValid(row: number): boolean };
}
