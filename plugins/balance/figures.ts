import { z } from 'zod';

const interval = z.tuple([z.number(), z.number()]);
const share = z.object({
  rows: z.int(),
  share: z.number(),
  /** Wilson's, 95 %. */
  interval,
});

/** Rows of a value, or of several together, and the share of the positive class among them. */
const cell = share.extend({
  values: z.array(z.string()),
  positive: share.nullable(),
});

/** Who is in a table. */
export const representationFigures = z.object({
  rows: z.int(),
  label: z.string().nullable(),
  positive: z.string().nullable(),
  classes: z.array(share.extend({ name: z.string() })),
  columns: z.array(
    z.object({
      column: z.string(),
      missing: z.int(),
      values: z.array(cell.extend({ population: z.number().nullable() })),
      /** Largest less smallest share of the positive class among values of enough rows, and smallest ÷ largest. */
      difference: z.number().nullable(),
      ratio: z.number().nullable(),
    }),
  ),
  /** Combinations of the values of all columns. */
  intersections: z.object({
    columns: z.array(z.string()),
    cells: z.int(),
    /** Combinations of values that there are, of which no row has all. */
    empty: z.int(),
    /** The smallest ones, the smallest first. */
    smallest: z.array(cell),
    difference: z.number().nullable(),
    ratio: z.number().nullable(),
  }),
  warnings: z.array(z.string()),
});
export type RepresentationFigures = z.output<typeof representationFigures>;

const changed = z.object({ values: z.array(z.string()), before: z.int(), after: z.int() });

/** What resampling did. */
export const resampleFigures = z.object({
  way: z.enum(['over', 'under']),
  columns: z.array(z.string()),
  rows: z.object({ before: z.int(), after: z.int() }),
  cells: z.array(changed),
  /** Rows that were left out, and copies that were made. */
  leftOut: z.int(),
  copies: z.int(),
  /** Most copies of one row, the row itself included. */
  most: z.int(),
  warnings: z.array(z.string()),
});
export type ResampleFigures = z.output<typeof resampleFigures>;

/** What weighing did. */
export const weightFigures = z.object({
  way: z.enum(['balanced', 'independent']),
  column: z.string(),
  columns: z.array(z.string()),
  rows: z.int(),
  cells: z.array(
    z.object({ values: z.array(z.string()), rows: z.int(), weight: z.number(), share: z.number(), after: z.number() }),
  ),
  /** Rows that would say as much without weights: (Σ weight)² ÷ Σ weight² (Kish). */
  effective: z.number(),
  cut: z.int(),
  warnings: z.array(z.string()),
});
export type WeightFigures = z.output<typeof weightFigures>;
