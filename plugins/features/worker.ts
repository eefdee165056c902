export { applyFeaturesNode } from './apply.js';
export { historyNode } from './history-node.js';
export { fitTransform } from './fit-whole.js';
import { withDatabase } from '@trainyard/tables';
import { featureNames, transformInputs } from '@trainyard/transforms';
import { implement } from '../../worker/index.js';
import { fitFeatures } from './contract.js';
import { fitWhole } from './fit-whole.js';
import { featuresPage } from './page.js';
import type { FitReport } from './report.js';

/** The one file of a transform artifact. */
const TRANSFORM_FILE = 'transform.json';

export const fitFeaturesNode = implement(fitFeatures, ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads: ctx.threads }, async (database) => {
    const { recipe } = params;
    const say = (fraction: number, message: string): void => ctx.progress(fraction, message);
    const told = { say, kept: ctx.checkpoint };
    const { fitted, features, transform, rows, takenUp } = await fitWhole(
      database,
      inputs.table,
      recipe,
      ctx.scratch,
      told,
    );
    if (takenUp > 0) ctx.log(`${takenUp} questions were answered by an earlier attempt`);
    const names = featureNames(transform);
    const read = new Set(transformInputs(transform).map(({ name }) => name));
    const report: FitReport = {
      format: 'trainyard.features/1',
      rows,
      derived: recipe.derive.map(({ name }) => name),
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
