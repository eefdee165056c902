import { z } from 'zod';
import { node, report, table } from '../../core/index.js';

const column = z.string().min(1);

/** What a report of windows says. */
export const windowsFigures = z.object({
  series: z.number().int(),
  windows: z.number().int(),
  horizon: z.number().int(),
  /** Mean absolute error of the seasonal naive forecast over all moments of the table that was given: what scaled errors divide by. */
  scale: z.number().nullable(),
  left: z
    .number()
    .int()
    .describe(
      'moments without enough history before or truth behind them, whatever `every` skips; with `future` last moments without enough history',
    ),
});

/**
 * Series as rows that any learner takes: one for each moment from which a forecast is made, its origin. A row holds what is known then, and
 * nothing later but what `known` names: lags of the value and of past covariates, known covariates of each step ahead; and, as its label, the values
 * that followed. So no feature of a row is later than its origin.
 */
export const windows = node({
  name: 'forecast.windows',
  version: '1',
  title: 'Series as rows: what was known at each moment, and the values that followed',
  params: z.object({
    time: column.describe('column of times, in one distance within each series'),
    value: column.describe('column of the numbers to forecast'),
    key: column.optional().describe('column that tells series from one another; without it there is one'),
    horizon: z.number().int().min(1).max(1000).describe('steps ahead'),
    lags: z.number().int().min(1).max(10_000).describe('values of the past in a row, the one at the origin included'),
    season: z.number().int().min(1).default(1).describe('steps of a season, for the scale of errors; 1: none'),
    every: z
      .number()
      .int()
      .min(1)
      .default(1)
      .describe('steps from one origin to the next, counted back from the last: rolling origins'),
    past: z
      .array(column)
      .max(100)
      .default([])
      .describe('columns of numbers that are known up to the origin: their lags'),
    known: z
      .array(column)
      .max(100)
      .default([])
      .describe('columns of numbers that are known for each step ahead, such as prices and holidays'),
    future: z
      .boolean()
      .default(false)
      .describe('one row for each series, of its last moment, without label: what is asked when it is served'),
  }),
  inputs: { table },
  outputs: { windows: table, report: report(windowsFigures) },
});
