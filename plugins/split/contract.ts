import { z } from 'zod';
import { node, report, sealedTable, table } from '../../core/index.js';

const share = z.number().min(0).max(0.95);

const shares = {
  test: share.default(0.2).describe('share of the sealed test part; 0 for none'),
  validation: share.default(0.2).describe('share of the validation part'),
  group: z.string().optional().describe('a column whose equal values stay together in one part'),
  seed: z.int().min(0).default(0).describe('another seed deals the rows anew; not the seed of the run'),
};

/** What a split did, and how far its parts are apart. */
export const splitFigures = z.object({
  rows: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  /** For a stratified split: rows of each class in each part, classes in order of their name. */
  classes: z.array(z.object({ name: z.string(), train: z.int(), validation: z.int(), test: z.int() })),
  /** Rows of one part whose cells all stand in another as well, the identity aside. */
  duplicates: z.object({ testInTrain: z.int(), testInValidation: z.int(), validationInTrain: z.int() }),
  warnings: z.array(z.string()),
});
export type SplitFigures = z.output<typeof splitFigures>;

const outputs = { train: table, validation: table, test: sealedTable, leaks: report(splitFigures) };

/** Deals rows by their identity alone. */
export const randomSplit = node({
  name: 'split.random',
  version: '1',
  title: 'Deals rows to training, validation and a sealed test part',
  params: z.object(shares),
  inputs: { table },
  outputs,
  resources: { memory: '2GB' },
});

/** Deals rows so that each part has the same shares of each class. */
export const stratifiedSplit = node({
  name: 'split.stratified',
  version: '2',
  title: 'Deals rows to training, validation and a sealed test part, the same shares of each class in each',
  params: z.object({
    label: z.string().describe('the column of classes'),
    ...shares,
    exact: z
      .boolean()
      .optional()
      .describe(
        'the same shares of each class to a row, equal rows kept together: the default, but with group; a row may ' +
          'change its part when rows are added. false: a row keeps its part for ever, and shares vary by chance',
      ),
  }),
  inputs: { table },
  outputs,
  resources: { memory: '2GB' },
});
