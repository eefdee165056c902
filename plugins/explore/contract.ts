import { z } from 'zod';
import { node, report, table } from '../../core/index.js';

/** What a warning is about: its kind (each is a file in `warnings/`), the columns that it names, and the sentence for people. */
const warning = z.object({
  kind: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  columns: z.array(z.string()),
  said: z.string(),
});
export type Warning = z.output<typeof warning>;

export const profileFigures = z.object({
  rows: z.int(),
  columns: z.int(),
  /** Share of all cells that are missing, from 0 to 1. */
  missing: z.number(),
  /** Cells of numbers that are NaN, and that are infinite. */
  nan: z.int(),
  infinite: z.int(),
  /** Rows that equal an earlier one in every column, the identity aside. */
  duplicates: z.int(),
  /** Rows of each class, most frequent first; empty without a label of text, booleans or few integers. */
  classes: z.array(z.object({ name: z.string(), rows: z.int() })),
  warnings: z.array(warning),
});
export type ProfileFigures = z.output<typeof profileFigures>;

/** Looks at a table: one page for people, the same as JSON, and warnings that name columns. */
export const profile = node({
  name: 'explore.profile',
  version: '2',
  title: 'Profiles a table: distributions, missing values, relations, warnings',
  params: z.object({
    label: z.string().optional().describe('the column to predict: its balance, and what it depends on'),
    part: z.string().optional().describe('a column that says which part a row belongs to: rows that two parts share'),
    title: z.string().default('Profile').describe("the page's heading"),
    seed: z.int().min(0).max(0xffffffff).default(0).describe('draws the rows that are shown as points'),
  }),
  inputs: { table },
  outputs: report(profileFigures),
  resources: { memory: '2GB' },
});

export const compareFigures = z.object({
  /** Rows of the reference and of the table. */
  rows: z.tuple([z.int(), z.int()]),
  /** Columns of both, of the reference alone, and of the table alone. */
  columns: z.object({ both: z.int(), reference: z.int(), table: z.int() }),
  /** Rows of the table that equal one of the reference in all columns of both. */
  shared: z.int(),
  /** Columns that have moved beyond chance and far enough, the farthest first, with the largest difference in the share of rows. */
  drifted: z.array(z.object({ column: z.string(), effect: z.number(), psi: z.number(), p: z.number() })),
  warnings: z.array(warning),
});
export type CompareFigures = z.output<typeof compareFigures>;

/** Looks at two tables side by side, such as training and validation, or the last month and this one. */
export const compare = node({
  name: 'explore.compare',
  version: '1',
  title: 'Sets a table beside a reference, column by column: distributions, drift, warnings',
  params: z.object({
    names: z
      .tuple([z.string().min(1).max(30), z.string().min(1).max(30)])
      .default(['reference', 'table'])
      .describe('what reports call the two'),
    label: z.string().optional().describe('the column to predict: classes that are new are worse than categories'),
    except: z.array(z.string()).default([]).describe('columns that are left out, such as numbers of rows'),
    alpha: z.number().min(0).max(1).default(0.05).describe('chance of any finding where nothing has moved'),
    minEffect: z.number().min(0).max(1).default(0.1).describe('least share of rows that has to lie elsewhere'),
    title: z.string().default('Comparison').describe("the page's heading"),
  }),
  inputs: { reference: table, table },
  outputs: report(compareFigures),
  resources: { memory: '2GB' },
});
