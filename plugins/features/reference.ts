import { z } from 'zod';
import { isMissing, type Cell } from '@trainyard/transforms';

const count = z.int().min(0);

const numericReference = z.strictObject({
  kind: z.literal('numeric'),
  name: z.string(),
  missing: count,
  mean: z.number(),
  /** Of the population. */
  deviation: z.number(),
  min: z.number(),
  max: z.number(),
  /** Inner edges, ascending: value v is in the first bin whose edge it does not exceed, else in the last. */
  edges: z.array(z.number()),
  /** One more than edges. */
  counts: z.array(count),
});

const categoricalReference = z.strictObject({
  kind: z.literal('categorical'),
  name: z.string(),
  missing: count,
  /** By falling count, then by value. */
  values: z.array(z.strictObject({ value: z.string(), count })),
  /** Rows with values beyond those listed. */
  other: count,
});

/** How the columns that a model reads were distributed in training: what a monitor compares live inputs with. */
export const monitorReference = z.strictObject({
  format: z.literal('trainyard.reference/1'),
  rows: count,
  columns: z.array(z.discriminatedUnion('kind', [numericReference, categoricalReference])),
});

export type MonitorReference = z.output<typeof monitorReference>;
export type ColumnReference = MonitorReference['columns'][number];
export type NumericReference = z.output<typeof numericReference>;
export type CategoricalReference = z.output<typeof categoricalReference>;

/** The bin of a value, from 0 to `edges.length`. */
export function binOf(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Where a cell falls in a column's reference: the index of its bin, of its listed value, `'other'` or `'missing'`. What
 * is of another type than the column falls under `'other'`.
 */
export function placeOf(reference: ColumnReference, cell: Cell): number | 'other' | 'missing' {
  if (isMissing(cell)) return 'missing';
  if (reference.kind === 'numeric') return typeof cell === 'number' ? binOf(reference.edges, cell) : 'other';
  const text = String(cell);
  const index = reference.values.findIndex(({ value }) => value === text);
  return index < 0 ? 'other' : index;
}
