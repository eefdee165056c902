import { UserError } from '@trainyard/errors';
import { implement } from '../../../worker/index.js';
import { weightsOfClasses } from '../class-weights.js';
import { multiLabelNet, net, quantileNet, regressionNet } from '../contract.js';
import { requireClasses } from '../dataset.js';
import { readLabelSetSurroundings, readNumberSurroundings, readSurroundings } from '../training-environment.js';
import { writeNumberOutcome, writeOutcome, writeTaskOutcome } from '../training-result.js';
import { untrainedDense } from './dense-untrained.js';
import { learnClasses } from './tasks/classes.js';
import { learnLabelSets } from './tasks/label-sets.js';
import { learnNumber, learnQuantiles } from './tasks/numbers.js';
import { trainNet } from './train.js';

export const netNode = implement(net, async ({ params, inputs, ctx }) => {
  const around = await readSurroundings(inputs, params.label, ctx.scratch, params.weight);
  requireClasses(around.train, params.label);
  if (params.focal > 0 && params.labelSmoothing > 0)
    throw new UserError('the focal loss is of one true class, and label smoothing makes all of them a little true', {
      where: { field: 'labelSmoothing' },
      remedy: 'leave one of focal and labelSmoothing out',
    });
  const weights = weightsOfClasses(params.classWeights, around.train);
  const learned = learnClasses(around.train, around.validation, weights, params);
  const trained = await trainNet(
    { spec: net.spec, params, learned, net: untrainedDense(params, learned, ctx.seed) },
    ctx,
  );
  const { model, figures, probabilities } = await writeOutcome(trained.trained, around);
  trained.requireServed(probabilities);
  return { model, figures, curves: trained.curves };
});

export const regressionNetNode = implement(regressionNet, async ({ params, inputs, ctx }) => {
  const around = await readNumberSurroundings(inputs, params.label, ctx.scratch, params.weight);
  const learned = learnNumber(around.train, around.validation, params.loss, params.delta);
  const trained = await trainNet(
    { spec: regressionNet.spec, params, learned, net: untrainedDense(params, learned, ctx.seed) },
    ctx,
  );
  const { model, figures, answers } = await writeNumberOutcome(trained.trained, around);
  trained.requireServed(answers);
  return { model, figures, curves: trained.curves };
});

export const quantileNetNode = implement(quantileNet, async ({ params, inputs, ctx }) => {
  const around = await readNumberSurroundings(inputs, params.label, ctx.scratch, params.weight);
  const learned = learnQuantiles(around.train, around.validation, params.quantiles);
  const trained = await trainNet(
    { spec: quantileNet.spec, params, learned, net: untrainedDense(params, learned, ctx.seed) },
    ctx,
  );
  const task = { type: 'quantiles' as const, label: params.label, quantiles: params.quantiles };
  const { model, figures, answers } = await writeTaskOutcome(trained.trained, task, around, ({ labels }) => [
    ...labels,
  ]);
  trained.requireServed(answers);
  return { model, figures, curves: trained.curves };
});

export const multiLabelNetNode = implement(multiLabelNet, async ({ params, inputs, ctx }) => {
  const around = await readLabelSetSurroundings(inputs, params.label, ctx.scratch, params.weight);
  const { classes } = around.train;
  const learned = learnLabelSets(around.train, around.validation, params.threshold, params.labelSmoothing);
  const trained = await trainNet(
    { spec: multiLabelNet.spec, params, learned, net: untrainedDense(params, learned, ctx.seed) },
    ctx,
  );
  const task = {
    type: 'multi-label' as const,
    label: params.label,
    classes: [...classes],
    thresholds: classes.map(() => params.threshold),
  };
  const { model, figures, answers } = await writeTaskOutcome(trained.trained, task, around, ({ labels, rows }) =>
    Array.from({ length: rows }, (_, row) =>
      JSON.stringify(classes.filter((_name, k) => labels[row * classes.length + k] === 1)),
    ),
  );
  trained.requireServed(answers);
  return { model, figures, curves: trained.curves };
});
