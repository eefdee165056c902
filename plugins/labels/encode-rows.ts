import type { Column, TableCell, TableRow } from '@trainyard/tables';

/** Rows as numbers: `values` has `width` numbers for each of `rows` rows, one row after the other. */
export interface Matrix {
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array;
}

/** Categories beyond this many say little about a class: most likely names or ids. */
const MOST_CATEGORIES = 30;

/**
 * Rows as numbers to judge labels by: numbers and times with mean 0 and deviation 1, categories as one column each,
 * what is missing as the mean with a column that says so. Columns with one value, and texts with very many, are left out.
 */
export function encode(rows: readonly TableRow[], columns: readonly Column[]): Matrix {
  const features = columns.flatMap((column) => {
    const cells = rows.map((row) => row[column.name] ?? null);
    return column.type === 'text' || column.type === 'boolean' ? categories(cells) : numbers(cells, column);
  });
  const width = features.length;
  const values = new Float64Array(rows.length * width);
  features.forEach((feature, at) => {
    for (let row = 0; row < rows.length; row++) values[row * width + at] = feature[row]!;
  });
  return { rows: rows.length, width, values };
}

function numbers(cells: readonly TableCell[], column: Column): Float64Array[] {
  const timed = column.type === 'timestamp' || column.type === 'date';
  const read = cells.map((cell) => (cell === null ? NaN : timed ? Date.parse(String(cell)) : Number(cell)));
  const unit = unitOf(read);
  const given = unit === 1 ? read : read.map((value) => value / unit);
  const known = given.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const spread = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length));
  const features: Float64Array[] = [];
  if (spread > 0)
    features.push(Float64Array.from(given, (value) => (Number.isFinite(value) ? (value - mean) / spread : 0)));
  if (known.length > 0 && known.length < given.length)
    features.push(Float64Array.from(given, (value) => (Number.isFinite(value) ? 0 : 1)));
  return features;
}

/** A power of two that brings finite values of extreme size near 1, so that their squares and sums are finite; else 1. */
function unitOf(values: readonly number[]): number {
  const size = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  if (size === 0 || (size > 1e-100 && size < 1e100)) return 1;
  return 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(size))));
}

function categories(cells: readonly TableCell[]): Float64Array[] {
  const known = [...new Set(cells.map((cell) => (cell === null ? null : String(cell))))].sort((a, b) =>
    a === b ? 0 : a === null || (b !== null && a < b) ? -1 : 1,
  );
  if (known.length < 2 || known.length > MOST_CATEGORIES) return [];
  return known.map((category) =>
    Float64Array.from(cells, (cell) => ((cell === null ? null : String(cell)) === category ? 1 : 0)),
  );
}
