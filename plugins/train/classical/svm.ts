import { fitKernelVectors, fitLinearVectors, type Kernel } from '@trainyard/learners';
import type { z } from 'zod';
import { implement } from '../../../worker/index.js';
import { kernelVectors, linearVectors } from '../kinds/support-vectors.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { writeOutcome, type Trained } from '../training-result.js';
import { readClasses, type ClassLesson } from './classes.js';
import { svm } from './contract.js';

type Params = z.output<typeof svm.spec.params>;
interface Fitting {
  readonly rows: ClassLesson['rows'];
  readonly seed: number;
  readonly onMargin: (done: number, of: number) => void;
}
type Fitted = Pick<Trained, 'kind' | 'settings' | 'files'> & {
  readonly iterations: number;
  readonly converged: boolean;
};

export const svmNode = implement(svm, async ({ params, inputs, ctx }) => {
  const { around, rows } = await readClasses(params, inputs, ctx);
  const onMargin = (done: number, of: number): void => {
    ctx.signal.throwIfAborted();
    ctx.progress(done / of, `margin ${done + 1} of ${of}`);
  };
  const fit = params.kernel === 'linear' ? linear : withKernel;
  const { iterations, converged, ...parts } = fit(params, { rows, seed: ctx.seed, onMargin });
  if (!converged)
    ctx.log(
      `not converged after ${iterations} iterations: scale the features, lower c, or raise iterations or tolerance`,
    );
  const { model, figures } = await writeOutcome(
    {
      ...parts,
      training: { node: svm.spec.name, version: svm.spec.version, params, seed: ctx.seed, iterations, converged },
      libraries: {},
    },
    around,
  );
  return { model, figures };
});

function linear(params: Params, { rows, ...fitting }: Fitting): Fitted {
  const { c, tolerance, iterations: most = 1000 } = params;
  const fit = fitLinearVectors(rows, { c, tolerance, iterations: most, ...fitting });
  const margins = fit.intercepts.length;
  const parts = tensorParts(
    { classes: rows.classes },
    {
      coefficients: { shape: [margins, rows.width], values: Float64Array.from(fit.coefficients) },
      intercepts: { shape: [margins], values: Float64Array.from(fit.intercepts) },
      sigmoids: { shape: [margins, 2], values: Float64Array.from(fit.sigmoids) },
    },
  );
  return { kind: linearVectors, ...parts, iterations: fit.iterations, converged: fit.converged };
}

function withKernel(params: Params, { rows, ...fitting }: Fitting): Fitted {
  const { kernel: name, c, degree, coef0, tolerance, iterations: most = 10_000_000 } = params;
  const gamma = params.gamma ?? gammaOf(rows);
  const kernel: Kernel = { name, gamma, degree, coef0 };
  const fit = fitKernelVectors(rows, { kernel, c, tolerance, iterations: most, ...fitting });
  const vectors = fit.vectors.length / rows.width;
  const pairs = fit.intercepts.length;
  const parts = tensorParts(
    { name, gamma, degree, coef0 },
    {
      vectors: { shape: [vectors, rows.width], values: fit.vectors },
      counts: { shape: [rows.classes], values: Float64Array.from(fit.counts) },
      coefficients: { shape: [rows.classes - 1, vectors], values: Float64Array.from(fit.coefficients) },
      intercepts: { shape: [pairs], values: Float64Array.from(fit.intercepts) },
      sigmoids: { shape: [pairs, 2], values: Float64Array.from(fit.sigmoids) },
    },
  );
  return { kind: kernelVectors, ...parts, iterations: fit.iterations, converged: fit.converged };
}

/** 1 ÷ (features × variance of all values); 1 where they are all equal, as in scikit-learn. */
function gammaOf({ features, width }: ClassLesson['rows']): number {
  let [mean, spread] = [0, 0];
  for (const value of features) mean += value / features.length;
  for (const value of features) spread += (value - mean) ** 2 / features.length;
  return spread > 0 ? 1 / (width * spread) : 1;
}
