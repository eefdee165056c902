export { applyFeaturesNode } from './apply.js';
import { UserError } from '../../core/index.js';
import { carriedRules, id, openTable, sql, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { chooseColumns } from './choose-columns.js';
import { fitFeatures } from './contract.js';
import { fitTransform } from './fit-transform.js';
import { summarise, type Summarised } from './summarise.js';
import { featureNames, transformInputs, withRules } from '@trainyard/transforms';

/** The one file of a transform artifact. */
const TRANSFORM_FILE = 'transform.json';

export const fitFeaturesNode = implement(fitFeatures, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'training', inputs.table);
    const chosen = chooseColumns(params.recipe, columns);
    const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM training`);
    if (rows === 0) throw new UserError('the training part has no rows', { where: { port: 'table' } });
    const summaries: Summarised[] = [];
    for (const [done, column] of chosen.entries()) {
      ctx.progress(done / chosen.length, column.column);
      summaries.push(await summarise(database, id('training'), column));
    }
    const fitted = fitTransform(
      summaries.map(({ summary }) => summary),
      rows,
    );
    const transform = withRules(fitted, carriedRules(inputs.table), columns);
    const features = featureNames(transform);
    return {
      transform: {
        value: {
          rows,
          inputs: transformInputs(transform).map(({ name, type }) => ({ name, type })),
          features: features.length,
        },
        files: { [TRANSFORM_FILE]: JSON.stringify(transform) },
      },
      reference: {
        value: { format: 'trainyard.reference/1', rows, columns: summaries.map(({ reference }) => reference) },
      },
    };
  }),
);
