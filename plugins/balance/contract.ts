import { z } from 'zod';
import { node, report, table } from '../../core/index.js';
import { representationFigures, resampleFigures, weightFigures } from './figures.js';

export {
  representationFigures,
  resampleFigures,
  weightFigures,
  type RepresentationFigures,
  type ResampleFigures,
  type WeightFigures,
} from './figures.js';

const column = z.string().min(1);
const label = column.describe('the column of classes');
const groups = z
  .array(column)
  .max(5)
  .default([])
  .describe('columns of groups, such as sex or region: their combinations within each class count as well');
const resources = { memory: '2GB' };

/** Says who is in a table, and how the label differs between groups. Changes nothing. */
export const representation = node({
  name: 'balance.representation',
  version: '1',
  title: 'Who is in the data: groups, their combinations, and the label in each',
  params: z.object({
    groups: z.array(column).min(1).max(5).describe('columns of protected groups'),
    label: column.optional().describe('the column of classes'),
    positive: z.string().optional().describe('the class whose share is compared between groups: the rarest'),
    smallest: z.int().min(1).default(30).describe('rows from which on a cell can be learnt and judged'),
    population: z
      .record(z.string(), z.record(z.string(), z.number().positive()))
      .optional()
      .describe('by column and value, the share in those whom the model will meet'),
  }),
  inputs: { table },
  outputs: report(representationFigures),
  resources,
});

/** Makes cells of a training part as large as one another: by leaving rows out, or by copies. */
export const resample = node({
  name: 'balance.resample',
  version: '1',
  title: 'Evens out classes of the training part by leaving rows out, or by copies',
  params: z.object({
    label,
    groups,
    way: z.enum(['over', 'under']).describe('over: copies of rows of small cells; under: fewer rows of large ones'),
    ratio: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe('how large the smallest cell becomes beside the largest: 1 for equal'),
    rows: z
      .record(z.string(), z.int().min(1))
      .optional()
      .describe('rows of each class afterwards, in the place of ratio; classes that are not named stay as they are'),
  }),
  inputs: { table },
  outputs: { table, report: report(resampleFigures) },
  seeded: true,
  resources,
});

/** Gives each row of a training part a weight, in a column that trainers take. */
export const weights = node({
  name: 'balance.weights',
  version: '1',
  title: 'Weighs the rows of the training part so that classes, or groups, count alike',
  params: z.object({
    label,
    groups,
    way: z
      .enum(['balanced', 'independent'])
      .default('balanced')
      .describe(
        'balanced: each cell counts alike, rows ÷ (cells × rows of the cell); independent: the label is no more frequent in ' +
          'one group than in another, rows of the class × rows of the group ÷ (rows × rows of the cell)',
      ),
    column: column.default('weight').describe('the name of the new column'),
    most: z.number().min(1).optional().describe('largest weight: larger ones are cut'),
  }),
  inputs: { table },
  outputs: { table, report: report(weightFigures) },
  resources,
});
