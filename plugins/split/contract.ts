import { z } from 'zod';
import { node, report, sealedTable, table } from '../../core/index.js';
import { foldFigures, splitFigures } from './figures.js';

export { foldFigures, splitFigures, type FoldFigures, type SplitFigures } from './figures.js';

const share = z.number().min(0).max(0.95);
const column = z.string().min(1);
const seed = z.int().min(0).default(0).describe('another seed deals the rows anew; not the seed of the run');
const group = column.optional().describe('a column whose equal values stay together in one part');

/** What may not come apart beside rows of one identity and one group. */
const together = {
  equal: z
    .enum(['together', 'apart'])
    .optional()
    .describe(
      'rows that are equal in every column, under other identities: kept together (the default), or dealt one by one',
    ),
  near: z
    .strictObject({
      columns: z.array(column).min(1).optional().describe('columns that are compared: all'),
      except: z.array(column).optional().describe('columns that are not, such as identifiers'),
      similarity: z
        .number()
        .min(0.5)
        .max(1)
        .optional()
        .describe(
          'texts may differ too: share of their 5-letter pieces that they have in common (Jaccard, by MinHash), such as 0.8',
        ),
      picture: column
        .optional()
        .describe(
          'a column of images in base 64, as ingest.images gives them: pictures that look alike stay together (perceptual hash); other columns count where columns names them',
        ),
      distance: z.int().min(0).max(10).default(4).describe('bits of 64 in which hashes of pictures may differ'),
      digits: z.int().min(1).max(15).default(4).describe('significant digits of numbers that are compared'),
    })
    .optional()
    .describe('keeps rows together too that are equal but for case, white space and the last digits of numbers'),
};

const shares = {
  test: share.default(0.2).describe('share of the sealed test part; 0 for none'),
  validation: share.default(0.2).describe('share of the validation part'),
  group,
  seed,
  ...together,
};

const outputs = { train: table, validation: table, test: sealedTable, leaks: report(splitFigures) };
const withUnused = { ...outputs, unused: table };
const resources = { memory: '2GB' };

/** Deals rows by their identity alone. */
export const randomSplit = node({
  name: 'split.random',
  version: '2',
  title: 'Deals rows to training, validation and a sealed test part',
  params: z.object(shares),
  inputs: { table },
  outputs,
  resources,
});

const exact = (otherwise: string): z.ZodOptional<z.ZodBoolean> => z.boolean().optional().describe(otherwise);

/** Deals rows so that each part has the same shares of each class. */
export const stratifiedSplit = node({
  name: 'split.stratified',
  version: '3',
  title: 'Deals rows to training, validation and a sealed test part, the same shares of each class in each',
  params: z.object({
    label: column.describe('the column of classes'),
    ...shares,
    exact: exact(
      'the same shares of each class to a row, equal rows kept together: the default, but with group, where true gives them ' +
        'as nearly as whole groups allow; a row may change its part when rows are added. false: a row keeps its part for ' +
        'ever, and shares vary by chance',
    ),
  }),
  inputs: { table },
  outputs,
  resources,
});

const time = column.describe('a column of timestamps, dates or numbers');
const gap = z
  .union([z.string(), z.number().min(0)])
  .optional()
  .describe(
    "length of time that is left out at the end of each earlier part, such as '7 days'; a number where the column holds numbers",
  );
const moment = z.union([z.string(), z.number()]).optional();
const missing = z.enum(['refuse', 'leave out']).default('refuse').describe('what is done about rows without a time');

/** Deals rows in the order of their time. */
export const timeSplit = node({
  name: 'split.time',
  version: '1',
  title: 'Deals the oldest rows to training, later ones to validation and the newest to a sealed test part',
  params: z.object({
    time,
    test: shares.test,
    validation: shares.validation,
    validationFrom: moment.describe(
      'where validation begins, in the place of a share: rows that come later change no part',
    ),
    testFrom: moment.describe('where the test part begins, in the place of a share'),
    gap,
    missing,
    group: group.describe('a column: later rows of a group that an earlier part has are left out'),
    near: together.near.describe('leaves out later rows that nearly equal one of an earlier part'),
  }),
  inputs: { table },
  outputs: withUnused,
  resources,
});

const values = z.array(z.string()).min(1);

/** Deals rows as one of their columns says. */
export const givenSplit = node({
  name: 'split.given',
  version: '1',
  title: 'Deals rows to the parts that a column names',
  params: z.object({
    column: column.describe('the column that names parts'),
    train: values.default(['train']).describe('its values for training'),
    validation: values.default(['validation']).describe('for validation'),
    test: values.default(['test']).describe('for the sealed test part'),
    others: z
      .enum(['refuse', 'leave out'])
      .default('refuse')
      .describe('what is done about rows with another value, or none'),
  }),
  inputs: { table },
  outputs: withUnused,
  resources,
});

/** Says which fold each row belongs to. */
export const assignFolds = node({
  name: 'split.assign',
  version: '1',
  title: 'Deals rows to folds',
  params: z.object({
    k: z.int().min(2).max(100).describe('folds'),
    label: column.optional().describe('a column of classes: each fold then has the same shares of each'),
    group,
    exact: exact(
      'folds of the same size to a row, of each class where there is a label: the default with a label and without a group',
    ),
    seed,
    ...together,
    time: time
      .optional()
      .describe('a column of time: folds are then stretches of time, each validated by what lies before it'),
    gap,
    missing,
    level: z.enum(['inner', 'outer']).default('inner').describe('outer folds are dealt in another way than inner ones'),
  }),
  inputs: { table },
  outputs: { folds: table, leaks: report(foldFigures) },
  resources,
});

const fold = { fold: z.int().min(0).describe('which one, from 0') };

/** The rows of one fold, and those that train for it. */
export const takeFold = node({
  name: 'split.fold',
  version: '1',
  title: 'One fold for validation, and the rows that train for it',
  params: z.object(fold),
  inputs: { table, folds: table },
  outputs: { train: table, validation: table },
  resources,
});

/** As `split.fold`, for the outer folds of nested ones. */
export const takeOuterFold = node({
  name: 'split.outer',
  version: '1',
  title: 'One fold as a sealed test part, and the rows that train for it',
  params: z.object(fold),
  inputs: { table, folds: table },
  outputs: { train: table, test: sealedTable },
  resources,
});
