import { UserError } from '@trainyard/errors';
import { fitLogistic } from '@trainyard/numeric';
import { implement } from '../../../worker/index.js';
import { weightsOfClasses } from '../class-weights.js';
import { requireFeatures } from '../classical/readable.js';
import { logistic } from '../contract.js';
import { requireClasses } from '../dataset.js';
import { logisticRegression } from '../kinds/logistic.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { writeOutcome } from '../training-result.js';
import { readSurroundings } from '../training-environment.js';

export const logisticNode = implement(logistic, async ({ params, inputs, ctx }) => {
  const around = await readSurroundings(inputs, params.label, ctx.scratch, params.weight);
  const { train } = around;
  requireClasses(train, params.label);
  requireFeatures(around);
  if (params.l1 === 0 && params.l2 === 0)
    throw new UserError('without a penalty the best coefficients of classes that can be parted are infinite', {
      where: { field: 'l2' },
      expected: 'l1 or l2 above 0',
      remedy: 'say a small l2, such as 0.001',
    });
  const { coefficients, intercepts, minimum } = fitLogistic(train, {
    ...params,
    weights: weightsOfClasses(params.classWeights, train),
    onIteration: (iteration, slope) => {
      ctx.signal.throwIfAborted();
      ctx.progress(iteration / params.iterations, `iteration ${iteration}, slope ${slope.toExponential(1)}`);
    },
  });
  if (!minimum.converged)
    ctx.log(
      `not converged after ${minimum.iterations} iterations: the largest slope is ${minimum.slope}; raise l2 or iterations`,
    );
  const classes = train.classes.length;
  const { model, figures } = await writeOutcome(
    {
      kind: logisticRegression,
      ...tensorParts(
        {},
        {
          coefficients: { shape: [train.width, classes], values: coefficients },
          intercepts: { shape: [classes], values: intercepts },
        },
      ),
      training: {
        node: logistic.spec.name,
        version: logistic.spec.version,
        params,
        iterations: minimum.iterations,
        converged: minimum.converged,
      },
      libraries: {},
    },
    around,
  );
  return { model, figures };
});
