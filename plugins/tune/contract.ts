import { json, many, node, report, table } from '../../core/index.js';
import { z } from 'zod';
import { studyState, tuneFigures } from '../../core/study/index.js';

/** Draws a finished study: its best trial, its history, every trial's parameters. */
export const tuneReport = node({
  name: 'tune.report',
  version: '3',
  title: 'Report of a hyperparameter study',
  params: z.object({}),
  /** The study with all its trials, and what of it has to do with a clock left out. */
  inputs: { study: json(studyState) },
  outputs: report(tuneFigures),
});

/** How far the tables that judge an outer fold's search are apart from those that it has seen, by the identity of rows. */
export const tuneApart = node({
  name: 'tune.apart',
  version: '1',
  title: 'Rows that are to judge a search, and that it has seen',
  params: z.object({}),
  inputs: { seen: many(table), held: many(table) },
  /** For each of `held`: its rows, and how many of them stand in one of `seen`; null where rows have no identity. */
  outputs: json(z.object({ held: z.array(z.object({ rows: z.int(), seen: z.int().nullable() })) })),
  resources: { memory: '2GB' },
});
