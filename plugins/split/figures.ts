import { z } from 'zod';

const counts = z.object({ train: z.int(), validation: z.int(), test: z.int() });

/** Rows of one part that stand in another. */
const crossings = z.object({ testInTrain: z.int(), testInValidation: z.int(), validationInTrain: z.int() });
export type Crossings = z.output<typeof crossings>;

/** Rows that are dealt together because they are equal, or nearly so, under different identities. */
const together = z.object({
  /** Sets of such rows, their rows, and the rows of the largest set. */
  sets: z.int(),
  rows: z.int(),
  largest: z.int(),
});

/** What a split did, and how far its parts are apart. */
export const splitFigures = z.object({
  rows: counts,
  /** Rows in no part, by reason. */
  unused: z.object({ gap: z.int(), missing: z.int(), straddling: z.int(), other: z.int() }).optional(),
  /** For a split with a label: rows of each class in each part, classes in order of their name. */
  classes: z.array(counts.extend({ name: z.string() })),
  /** Rows of one part whose cells all stand in another as well, the identity aside. */
  duplicates: crossings,
  /** Rows that equal one of another part but for case, white space and the last digits of numbers. */
  near: crossings.extend({
    /** Columns that were not compared. */
    except: z.array(z.string()),
  }),
  together,
  /** Columns whose values name something that has several rows, and stand on both sides. */
  overlaps: z.array(
    z.object({
      column: z.string(),
      /** Different values of the test part (the validation part where there is none), and those that training has too. */
      values: z.int(),
      shared: z.int(),
      /** Share of rows whose label the column's value tells by the training rows, and the share that the commonest label has. */
      tells: z.number().nullable(),
      commonest: z.number().nullable(),
    }),
  ),
  /** Columns of time: rows of the test part that do not lie after all training rows. */
  times: z.array(
    z.object({
      column: z.string(),
      train: z.tuple([z.string(), z.string()]).nullable(),
      validation: z.tuple([z.string(), z.string()]).nullable(),
      test: z.tuple([z.string(), z.string()]).nullable(),
      within: z.int(),
    }),
  ),
  warnings: z.array(z.string()),
});
export type SplitFigures = z.output<typeof splitFigures>;

/** What dealing rows to folds did. */
export const foldFigures = z.object({
  /** Rows of each fold; by time, the rows before the first fold too. */
  rows: z.array(z.int()),
  before: z.int(),
  classes: z.array(z.object({ name: z.string(), folds: z.array(z.int()) })),
  /** Rows whose cells all stand in another fold as well, and those that nearly do. */
  duplicates: z.int(),
  near: z.int(),
  together,
  warnings: z.array(z.string()),
});
export type FoldFigures = z.output<typeof foldFigures>;
