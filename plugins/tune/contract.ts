import { z } from 'zod';
import { node, report } from '../../core/index.js';
import { tuneFigures } from '../../core/tune-figures.js';

/** Draws a finished study: its best trial, its history, every trial's parameters. */
export const tuneReport = node({
  name: 'tune.report',
  version: '1',
  title: 'Report of a hyperparameter study',
  params: z.object({
    /** The study as JSON, from ml-hyperparameter. */
    study: z.record(z.string(), z.unknown()),
    /** What was searched for, as `port.path`. */
    objective: z.string(),
  }),
  inputs: {},
  outputs: report(tuneFigures),
});
