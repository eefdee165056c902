import { UserError } from '@trainyard/errors';
import { implement } from '../../../worker/index.js';
import type { Rows } from '../dataset.js';
import { kNearest } from '../kinds/neighbours.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { readNumberSurroundings } from '../training-environment.js';
import { writeNumberOutcome, writeOutcome, type Trained } from '../training-result.js';
import { readClasses } from './classes.js';
import { neighbours, regressionNeighbours } from './contract.js';
import { requireFeatures, requireNumbers } from './readable.js';

export const neighboursNode = implement(neighbours, async ({ params, inputs, ctx }) => {
  const { around } = await readClasses(params, inputs, ctx);
  const { model, figures } = await writeOutcome(kept(neighbours.spec, params, around.train), around);
  return { model, figures };
});

export const regressionNeighboursNode = implement(regressionNeighbours, async ({ params, inputs, ctx }) => {
  const around = await readNumberSurroundings(inputs, params.label, ctx.scratch, undefined, false);
  requireNumbers(around);
  requireFeatures(around);
  const { model, figures } = await writeNumberOutcome(kept(regressionNeighbours.spec, params, around.train), around);
  return { model, figures };
});

/** The training is to keep the rows. */
function kept(
  spec: { readonly name: string; readonly version: string },
  params: { readonly k: number; readonly metric: string; readonly votes: string },
  { rows, width, features, labels }: Rows & { readonly labels: ArrayLike<number> },
): Trained {
  const { k, metric, votes } = params;
  if (k > rows)
    throw new UserError(`there are fewer training rows than the ${k} neighbours that are asked`, {
      where: { field: 'k' },
      expected: `1 to ${rows}`,
      actual: String(k),
    });
  return {
    kind: kNearest,
    ...tensorParts(
      { k, metric, votes },
      {
        features: { shape: [rows, width], values: features },
        labels: { shape: [rows], values: Float64Array.from(labels) },
      },
    ),
    training: { node: spec.name, version: spec.version, params },
    libraries: {},
  };
}
