export { applyFeaturesNode } from './apply.js';
import { join } from 'node:path';
import { UserError } from '../../core/index.js';
import { carriedRules, id, openTable, sql, withDatabase, type Database, type Sql } from '@trainyard/tables';
import { derivedQuery, featureNames, transformInputs, withRules } from '@trainyard/transforms';
import { implement } from '../../worker/index.js';
import { planOf, type Plan } from './choose-columns.js';
import { fitFeatures } from './contract.js';
import { fitRecipe, inThird, transformOf } from './fit-recipe.js';
import { keepFeatures } from './keep-features.js';
import { featuresPage } from './page.js';
import type { FitReport } from './report.js';
import { selectFeatures } from './select-features.js';

/** The one file of a transform artifact. */
const TRANSFORM_FILE = 'transform.json';

export const fitFeaturesNode = implement(fitFeatures, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads: ctx.threads }, async (database) => {
    const columns = await openTable(database, 'training', inputs.table);
    const plan = planOf(params.recipe, columns);
    const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM training`);
    if (rows === 0) throw new UserError('the training part has no rows', { where: { port: 'table' } });
    const from = await withDerived(database, plan, columns, ctx.scratch);
    ctx.progress(0.1, 'columns');
    const fitted = await fitRecipe(database, from, rows, plan, params.recipe, columns);
    ctx.progress(0.7, 'selection');
    const features = await selectFeatures(
      { database, training: id('training'), columns, rows, label: fitted.label, scratch: ctx.scratch },
      fitted.transform,
      params.recipe,
    );
    const { steps, kept } = keepFeatures(
      fitted.transform.steps,
      features.map((feature) => feature.kept),
    );
    const whole = transformOf(steps, rows, columns);
    const transform = withRules(
      kept ? { ...inThird(whole, columns), kept } : whole,
      carriedRules(inputs.table),
      columns,
    );
    const names = featureNames(transform);
    const read = new Set(transformInputs(transform).map(({ name }) => name));
    const report: FitReport = {
      format: 'trainyard.features/1',
      rows,
      derived: params.recipe.derive.map(({ name }) => name),
      columns: fitted.columns,
      features,
    };
    return {
      transform: {
        value: {
          rows,
          inputs: transformInputs(transform).map(({ name, type }) => ({ name, type })),
          features: names.length,
        },
        files: { [TRANSFORM_FILE]: JSON.stringify(transform) },
      },
      reference: {
        value: {
          format: 'trainyard.reference/1',
          rows,
          columns: fitted.references.filter(({ name }) => read.has(name)),
        },
      },
      report: {
        value: {
          rows,
          columns: fitted.columns.length,
          features: names.length,
          leftOut: features.length - names.length,
        },
        files: { 'report.html': featuresPage(report), 'report.json': JSON.stringify(report) },
      },
    };
  }),
);

/** The training part with the columns that the recipe makes: computed once, kept on the disk. */
async function withDerived(
  database: Database,
  { derived }: Plan,
  columns: Plan['columns'],
  scratch: string,
): Promise<Sql> {
  if (derived.length === 0) return id('training');
  const path = join(scratch, 'derived.parquet');
  await database.write(derivedQuery(derived, id('training'), columns), path);
  await database.view('derived', path);
  return id('derived');
}
