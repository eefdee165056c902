import { fitLinear } from '@trainyard/learners';
import { implement } from '../../../worker/index.js';
import { linearRegression } from '../kinds/linear.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { readNumberSurroundings } from '../training-environment.js';
import { writeNumberOutcome } from '../training-result.js';
import { linear } from './contract.js';
import { requireFeatures, requireNumbers } from './readable.js';

export const linearNode = implement(linear, async ({ params, inputs, ctx }) => {
  const around = await readNumberSurroundings(inputs, params.label, ctx.scratch, params.weight, false);
  requireNumbers(around);
  requireFeatures(around);
  const { train } = around;
  const { coefficients, intercept, iterations, converged } = fitLinear(train, params);
  if (!converged)
    ctx.log(`not converged after ${iterations} sweeps: raise iterations or tolerance, or scale the features`);
  const { model, figures } = await writeNumberOutcome(
    {
      kind: linearRegression,
      ...tensorParts(
        {},
        {
          coefficients: { shape: [train.width], values: coefficients },
          intercept: { shape: [1], values: Float64Array.of(intercept) },
        },
      ),
      training: { node: linear.spec.name, version: linear.spec.version, params, iterations, converged },
      libraries: {},
    },
    around,
  );
  return { model, figures };
});
