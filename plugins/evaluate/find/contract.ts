import { z } from 'zod';
import { model, node, report, table } from '../../../core/index.js';

const interval = z.tuple([z.number(), z.number()]);
const columns = z.array(z.string().min(1)).max(30);
const resamples = z.number().int().min(100).max(10_000).default(1000).describe('draws of the bootstrap');

/** What is said of a slice: too few rows say nothing, whatever their figure is. */
export const SLICE_VERDICTS = ['passed', 'failed', 'cannot tell', 'too small', 'worse', 'not worse'] as const;

export const foundSlice = z.object({
  columns: z.array(z.string()).describe('one, or a pair'),
  values: z.array(z.string()),
  n: z.int(),
  value: z.number().nullable(),
  interval: interval.nullable().describe('95 %'),
  p: z.number().nullable().describe('chance of so bad a slice among rows drawn at random'),
  adjusted: z.number().nullable().describe('the same after the correction of Holm for all slices looked at'),
  verdict: z.enum(SLICE_VERDICTS),
});

export const sliceSearch = z.object({
  task: z.string(),
  figure: z.string(),
  tested: z
    .string()
    .optional()
    .describe('the error of a row, whose p-value is given: it is the same whatever the figure is'),
  better: z.enum(['larger', 'smaller']),
  n: z.int(),
  value: z.number().nullable().describe('of all rows'),
  least: z.int(),
  limit: z.number().nullable(),
  looked: z.int().describe('slices with rows enough: so many tests were made'),
  tooSmall: z.int().describe('slices with fewer rows, of which nothing is said'),
  verdict: z.enum(['passed', 'failed', 'cannot tell', 'worse', 'not worse']),
  slices: z.array(foundSlice).describe('the worst first; the report has more'),
});

/** Looks for groups of rows that a model answers worse than the rest. */
export const slices = node({
  name: 'evaluate.slices',
  version: '1',
  title: 'Finds the groups of rows that a model answers worst, over columns and pairs of columns',
  params: z.object({
    columns: columns
      .optional()
      .describe('columns to cut the rows by; the first 30 that the model reads where left out'),
    pairs: z.boolean().default(true).describe('look at pairs of columns as well'),
    least: z.int().min(2).default(30).describe('rows below which a slice says nothing'),
    metric: z.string().optional().describe('the figure of a slice, such as accuracy or mae'),
    limit: z
      .number()
      .optional()
      .describe('what the whole interval of each slice has to keep to; without it slices are held against all rows'),
    alpha: z
      .number()
      .min(0.0001)
      .max(0.5)
      .default(0.05)
      .describe('largest chance of calling any slice worse that is not'),
    shown: z.int().min(1).max(500).default(50).describe('slices in the report, the worst first'),
    resamples,
  }),
  inputs: { model, table },
  outputs: report(sliceSearch),
  seeded: true,
});

export const wrongRows = z.object({
  task: z.string(),
  n: z.int(),
  wrong: z.int().nullable().describe('rows answered wrong, where an answer is right or wrong'),
  says: z.string().describe('what the errors are'),
  rows: z.array(z.object({ row: z.string(), truth: z.string(), answer: z.string(), error: z.number() })),
});

/** The rows that a model answers most wrong: to be looked at, and perhaps to be labelled anew. */
export const errors = node({
  name: 'evaluate.errors',
  version: '1',
  title: 'The rows that a model answers most wrong',
  params: z.object({
    most: z.int().min(1).max(10_000).default(100).describe('rows in the table, the most wrong first'),
    columns: columns
      .default([])
      .describe('columns to show beside the answer; the first 12 that the model reads where left out'),
  }),
  inputs: { model, table },
  outputs: { rows: table, report: report(wrongRows) },
});
