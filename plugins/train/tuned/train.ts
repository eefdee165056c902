import { canonical, digestText, type Json } from '../../../core/index.js';
import { implement, type NodeContext } from '../../../worker/index.js';
import { weightsOfClasses } from '../class-weights.js';
import { requireClasses, type Dataset } from '../dataset.js';
import { heldInMemory } from '../feed/held.js';
import { loadTensorflow } from '../../kit/tensorflow.js';
import type { LoopParameters } from '../net/parameters.js';
import { Diverged } from '../loop/loop.js';
import { requireOneLoss } from '../net/nodes.js';
import { learnClasses } from '../net/tasks/classes.js';
import type { Learned } from '../net/tasks/learned.js';
import { trainNet, type TrainedNet } from '../net/train.js';
import { writeOutcome } from '../training-result.js';
import { readBase } from './base.js';
import { fineTuned } from './contract.js';
import { readForBase } from './data.js';
import { cut, join, through, type Cut } from './parts.js';
import { packPhase, phaseOf, unpackPhase, type HeadOutcome } from './phases.js';

/** The share of the progress that the first phase has. */
const FIRST = 0.2;

export const fineTunedNode = implement(fineTuned, async ({ params, inputs, ctx }) => {
  const began = performance.now();
  requireOneLoss(params);
  const base = await readBase(inputs.model);
  const around = await readForBase(base, inputs, params, ctx.scratch);
  const { train, validation, text } = around;
  requireClasses(train, params.label);
  const { tf, version } = await loadTensorflow({ threads: ctx.threads, backend: ctx.backend });
  const weights = weightsOfClasses(params.classWeights, train);
  const learn = (rows: Dataset, held: Dataset | undefined): Learned =>
    learnClasses(heldInMemory(rows), held && heldInMemory(held), weights, params);
  const joined = join(base, params, learn(train, validation), ctx.seed);
  const { freeze, first } = params;

  /** Trains what stands behind the frozen layers, whose outputs are computed once. */
  const phase = (part: Cut, options: LoopParameters, of: NodeContext, formerMs = 0): Promise<TrainedNet> => {
    const [rows, held] = part.layers === 0 ? [train, validation] : [train, validation].map((data) => data && through(tf, part, data)); // prettier-ignore
    const learned = learn(rows!, held);
    return trainNet(
      { spec: fineTuned.spec, params: { ...params, ...options }, learned, net: part.net, began, formerMs },
      of,
    );
  };

  const { checkpointSeconds: _, cost: _cost, budget: _budget, ...same } = params;
  const fingerprint = digestText(
    canonical({ params: same, base: base.digest, seed: ctx.seed, rows: train.rows, on: version } as unknown as Json),
  );
  const saved = await ctx.checkpoint.load();
  const resumed = saved && unpackPhase(saved, fingerprint);
  let alone: TrainedNet | undefined;
  const trainHead = async (): Promise<HeadOutcome> => {
    const part = cut(joined, joined.kept, joined.head, text);
    let parameters = joined.head;
    const model: Cut['net']['model'] = (values) => part.net.model((parameters = values));
    const share = [0, freeze === 'all' ? 1 : FIRST] as const;
    const of = phaseOf(ctx, 'head', ctx.checkpoint, share, 0);
    alone = await phase({ ...part, net: { ...part.net, model } }, { ...params, ...first }, of);
    const { training, libraries } = alone.trained;
    return {
      fingerprint,
      parameters,
      spentMs: alone.spent.ms,
      curves: alone.curves,
      training: training as Record<string, Json>,
      libraries,
    };
  };
  const head = resumed?.outcome ?? (await trainHead());
  let whole: TrainedNet | undefined;
  if (freeze !== 'all') {
    const checkpoint: NodeContext['checkpoint'] = {
      load: async () => resumed?.inner,
      save: (inner) => ctx.checkpoint.save(packPhase(head, inner)),
    };
    const of = phaseOf(ctx, 'whole', checkpoint, [FIRST, 1], head.curves.value.epochs);
    // A head that was taken up was paid for by former attempts.
    const former = alone ? alone.spent.former : head.spentMs;
    try {
      whole = await phase(cut(joined, freeze, head.parameters, text), params, of, former);
    } catch (cause) {
      if (!(cause instanceof Diverged)) throw cause;
      ctx.log(
        `whole: training diverged in epoch ${cause.epoch}, before its first look; the net of the head is kept (a lower learningRate may do better)`,
      );
    }
  }
  const better = whole && isBetter(whole.curves, head.curves);
  if (whole && !better) ctx.log('the whole was no better than the head alone, whose net is kept');
  const kept = better ? whole : alone;
  const trained = better
    ? whole!.trained
    : {
        ...cut(joined, joined.kept, head.parameters, text).net.model(head.parameters),
        training: head.training,
        libraries: head.libraries,
      };
  const phases = { base: base.digest, frozen: freeze, kept: better ? 'whole' : 'head' };
  const { model, figures, probabilities } = await writeOutcome(
    { ...trained, training: { ...trained.training, ...phases } },
    around,
  );
  kept?.requireServed(probabilities);
  return { model, figures, head: head.curves, curves: (whole ?? head).curves };
});

/** By validation; without it the whole, which was trained last. */
function isBetter(whole: HeadOutcome['curves'], head: HeadOutcome['curves']): boolean {
  const [after, before] = [whole.value.validationLoss, head.value.validationLoss];
  return after === null || before === null || after < before;
}
