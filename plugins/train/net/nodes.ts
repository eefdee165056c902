import { UserError } from '@trainyard/errors';
import type { FittedTransform } from '@trainyard/transforms';
import { implement, type NodeContext } from '../../../worker/index.js';
import { weightsOfClasses, type ClassWeights } from '../class-weights.js';
import { layeredNet, layeredRegressionNet, multiLabelNet, net, quantileNet, regressionNet } from '../contract.js';
import { readDatasetInto, readLabelSets, readNumbersInto, requireClasses } from '../dataset.js';
import { heldUpTo, type HeldFeatures, type Keep } from '../feed/held.js';
import { surroundings, type Inputs } from '../training-environment.js';
import { writeNumberOutcome, writeOutcome, writeTaskOutcome } from '../training-result.js';
import { untrainedDense } from './dense-untrained.js';
import type { LayeredParameters } from './layered-parameters.js';
import { untrainedLayers } from './layered-untrained.js';
import { takesCodes } from '../presets/index.js';
import type { NumberLoss } from './objectives/numbers.js';
import type { LoopParameters, StreamParameters } from './parameters.js';
import { learnClasses } from './tasks/classes.js';
import { learnLabelSets } from './tasks/label-sets.js';
import { learnNumber, learnQuantiles } from './tasks/numbers.js';
import type { Learned } from './tasks/learned.js';
import { trainNet, type Untrained } from './train.js';

export const netNode = implement(net, (call) => trainClasses(net.spec, call, untrainedDense));
export const layeredNetNode = implement(layeredNet, (call) => trainClasses(layeredNet.spec, call, untrainedLayers));
export const regressionNetNode = implement(regressionNet, (call) =>
  trainNumber(regressionNet.spec, call, untrainedDense),
);
export const layeredRegressionNetNode = implement(layeredRegressionNet, (call) =>
  trainNumber(layeredRegressionNet.spec, call, untrainedLayers),
);

interface Call<Params> {
  readonly params: Params;
  readonly inputs: Inputs;
  readonly ctx: NodeContext;
}
type Spec = { readonly name: string; readonly version: string };
type Make<Params> = (params: Params, learned: Learned, seed: number, transform: FittedTransform) => Untrained;
type OfClasses = LoopParameters &
  StreamParameters & {
    readonly label: string;
    readonly weight?: string | undefined;
    readonly focal: number;
    readonly labelSmoothing: number;
    readonly classWeights?: ClassWeights;
  };
type OfNumber = LoopParameters &
  StreamParameters & {
    readonly label: string;
    readonly weight?: string | undefined;
    readonly loss: NumberLoss;
    readonly delta: number;
  };

/** What holds codes may be missing: there is a vector for that; other layers would only spread it. */
function takesMissing(params: object): boolean {
  return 'model' in params && takesCodes(params.model as LayeredParameters['model']);
}

/** Throws a UserError for two losses that contradict each other. */
export function requireOneLoss(params: { readonly focal: number; readonly labelSmoothing: number }): void {
  if (params.focal > 0 && params.labelSmoothing > 0)
    throw new UserError('the focal loss is of one true class, and label smoothing makes all of them a little true', {
      where: { field: 'labelSmoothing' },
      remedy: 'leave one of focal and labelSmoothing out',
    });
}

/** How the features of a table are held while a net is trained. */
function keepOf({ part, scratch }: { part: string; scratch: string }, params: StreamParameters): Keep<HeldFeatures> {
  return heldUpTo(params.streamAbove, scratch, part);
}

async function trainClasses<Params extends OfClasses>(
  spec: Spec,
  { params, inputs, ctx }: Call<Params>,
  make: Make<Params>,
) {
  const began = performance.now();
  const asked = { ...params, scratch: ctx.scratch, missing: takesMissing(params) };
  const around = await surroundings(inputs, asked, (of) => readDatasetInto(of, keepOf(of, params)));
  requireClasses(around.train, params.label);
  requireOneLoss(params);
  const weights = weightsOfClasses(params.classWeights, around.train);
  const learned = learnClasses(around.train, around.validation, weights, params);
  const trained = await trainNet(
    { spec, params, learned, net: make(params, learned, ctx.seed, around.transform), began },
    ctx,
  );
  const { model, figures, probabilities } = await writeOutcome(trained.trained, around);
  trained.requireServed(probabilities);
  return { model, figures, curves: trained.curves };
}

async function trainNumber<Params extends OfNumber>(
  spec: Spec,
  { params, inputs, ctx }: Call<Params>,
  make: Make<Params>,
) {
  const began = performance.now();
  const asked = { ...params, scratch: ctx.scratch, missing: takesMissing(params) };
  const around = await surroundings(inputs, asked, (of) => readNumbersInto(of, keepOf(of, params)));
  const learned = learnNumber(around.train, around.validation, params.loss, params.delta);
  const trained = await trainNet(
    { spec, params, learned, net: make(params, learned, ctx.seed, around.transform), began },
    ctx,
  );
  const { model, figures, answers } = await writeNumberOutcome(trained.trained, around);
  trained.requireServed(answers);
  return { model, figures, curves: trained.curves };
}

export const quantileNetNode = implement(quantileNet, async ({ params, inputs, ctx }) => {
  const began = performance.now();
  const asked = { ...params, scratch: ctx.scratch };
  const around = await surroundings(inputs, asked, (of) => readNumbersInto(of, keepOf(of, params)));
  const learned = learnQuantiles(around.train, around.validation, params.quantiles);
  const trained = await trainNet(
    { spec: quantileNet.spec, params, learned, net: untrainedDense(params, learned, ctx.seed), began },
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
  const began = performance.now();
  const asked = { ...params, scratch: ctx.scratch };
  const around = await surroundings(inputs, asked, (of) => readLabelSets(of, keepOf(of, params)));
  const { classes } = around.train;
  const learned = learnLabelSets(around.train, around.validation, params.threshold, params.labelSmoothing);
  const trained = await trainNet(
    { spec: multiLabelNet.spec, params, learned, net: untrainedDense(params, learned, ctx.seed), began },
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
