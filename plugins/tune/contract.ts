import { json, node, report } from '../../core/index.js';
import { z } from 'zod';
import { studyState } from '../../core/study.js';
import { tuneFigures } from '../../core/tune-figures.js';

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
