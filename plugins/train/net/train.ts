import { UserError } from '@trainyard/errors';
import { canonical, digestText } from '../../../core/index.js';
import type { NodeContext } from '../../../worker/index.js';
import { loadTensorflow, type LoadedTensorflow } from '../../kit/tensorflow.js';
import { feedOf, type Feed } from '../feed/feed.js';
import { atOnceOf, type HeldFeatures } from '../feed/held.js';
import { cutOf } from '../feed/windows.js';
import { curvesReport } from '../loop/curves.js';
import type { Evidence } from '../loop/diagnosis.js';
import { trainInEpochs, type Trainee } from '../loop/loop.js';
import { Spending } from '../loop/spending.js';
import type { Trained } from '../training-result.js';
import { groupAfter, stepOf, stepsOf, type BatchPlan } from './batches.js';
import type { NetInTraining, NetParts, Step, Watched } from './in-training.js';
import type { Network } from './network.js';
import { optimiserOf } from './optimisers/index.js';
import type { LoopParameters, StreamParameters } from './parameters.js';
import { recordedSteps } from './recorded.js';
import { runningNet } from './running.js';
import { scheduleOf, type Schedule } from './schedules/index.js';
import type { Learned } from './tasks/learned.js';

/** A net before it is trained. */
export interface Untrained {
  readonly network: Network;
  readonly initial: Float32Array;
  /** Where weights stand that penalties are for: ranges of the parameters. */
  readonly penalised: readonly (readonly [from: number, to: number])[];
  /** Its gradient has operations that WebAssembly lacks. */
  readonly needsNative?: boolean;
  /** What it is made of, for the fingerprint of checkpoints. */
  readonly shape: unknown;
  /** Share of hidden units that are dead, by the trained parameters. */
  readonly deadUnits?: (parameters: Float32Array) => number | undefined;
  /** The kind's own part of the model, by the trained parameters. */
  readonly model: (parameters: Float32Array) => Pick<Trained, 'kind' | 'settings' | 'files' | 'scored'>;
}

export interface NetTraining {
  readonly spec: { readonly name: string; readonly version: string };
  readonly params: LoopParameters & Partial<StreamParameters> & Readonly<Record<string, unknown>>;
  readonly learned: Learned;
  readonly net: Untrained;
  /** When the call began, as `performance.now()` says: its budget is of all that it does. */
  readonly began: number;
  /** What was spent before, in ms, where no checkpoint says it: on an earlier phase, by attempts that were killed. */
  readonly formerMs?: number | undefined;
}

export interface TrainedNet {
  readonly trained: Trained;
  readonly curves: ReturnType<typeof curvesReport>;
  /** What was spent until it ended, in ms, and what former attempts spent of it. */
  readonly spent: { readonly ms: number; readonly former: number };
  /** Throws when the answers of the validation rows as served are not those of the net that was trained. */
  readonly requireServed: (answers: Float64Array) => void;
}

/** Trains a net of any kind for any task. */
export async function trainNet(
  { spec, params, learned, net, began, formerMs = 0 }: NetTraining,
  ctx: NodeContext,
): Promise<TrainedNet> {
  const loaded = await loadTensorflow({ threads: ctx.threads, backend: ctx.backend });
  if (net.needsNative && loaded.backend !== 'tensorflow')
    throw new UserError('nets of layers are trained on native TensorFlow, which is not installed here', {
      actual: `TensorFlow.js on ${loaded.backend}, which lacks gradients of convolutions and embeddings`,
      remedy: 'run trainyard setup tensorflow; a net of dense layers (train.net) trains without it',
    });
  const note = noteOn(loaded);
  if (note) ctx.log(note);
  for (const part of ['train', 'validation'] as const) sayStreamed(learned[part], part, params, ctx);
  const { tf } = loaded;
  const { network } = net;
  const { train, validation, objective } = learned;
  const parts: NetParts = {
    tf,
    network,
    objective,
    optimiser: optimiserOf(params.optimizer),
    l2: penaltyOf(net, 2 * params.l2),
    l1: penaltyOf(net, params.l1),
    clip: { norm: params.clipNorm, value: params.clipValue },
    initial: net.initial,
    watched: watchedOf(validation?.features),
  };
  const plan: BatchPlan = {
    rows: train.rows,
    width: train.width,
    target: learned.target,
    targets: objective.targets,
    weight: learned.weight,
    draws: network.draws,
    batchSize: params.batchSize,
    accumulate: params.accumulate,
    lookEvery: params.lookEvery,
    seed: ctx.seed,
  };
  const schedule = scheduleOf({ ...params, perEpoch: stepsOf(plan) });
  const running = runningNet(parts, recordedSteps({ tf, folder: ctx.scratch, inOrder: network.inOrder, log: ctx.log }));
  try {
    const feed = feedOf(train.features, ctx.seed, params.shuffleWindow ?? 1);
    const trainee = traineeOf(running, parts, plan, feed, schedule, learned);
    // More epochs of the same go on from where fewer ended, unless the rates of the first depend on how many there are.
    const { epochs, checkpointSeconds: _, cost, budget, ...same } = params;
    const fingerprint = digestText(
      canonical({
        params: schedule.whole ? { ...same, epochs } : same,
        seed: ctx.seed,
        shape: net.shape,
        rows: train.rows,
        on: loaded.version,
      }),
    );
    const { reported } = learned;
    const spending = new Spending(cost, budget, began);
    spending.carry(formerMs);
    const options = { ...params, reported, fingerprint, spending };
    const { history, parameters } = await trainInEpochs(trainee, options, ctx);
    const answers = validation && predictedBy(running, parameters);
    const evidence: Evidence = {
      priorLoss: learned.prior.loss,
      prior: learned.prior.words,
      deadUnits: net.deadUnits?.(parameters),
    };
    const about = `${train.rows} training rows, ${validation?.rows ?? 0} validation rows, ${train.width} features, ${network.parameters} parameters`;
    return {
      trained: {
        ...net.model(parameters),
        training: {
          node: spec.name,
          version: spec.version,
          params: { ...params, checkpointSeconds: undefined, cost: undefined },
          seed: ctx.seed,
          threads: ctx.threads,
          device: loaded.device.startsWith('cuda') ? 'cuda' : 'cpu',
          parameters: network.parameters,
          epochs: history.looks.at(-1)!.epoch,
          bestEpoch: history.looks[history.best - 1]!.epoch,
          stop: history.stop,
          ...(note ? { note } : {}),
        },
        libraries: { [loaded.backend]: loaded.version },
      },
      curves: curvesReport(history, evidence, learned.watched, about),
      spent: { ms: spending.ms, former: spending.former },
      requireServed: (served) => {
        if (answers) requireSame(learned.servedOrder?.(answers) ?? answers, learned.trainedFrom?.(served) ?? served);
      },
    };
  } finally {
    running.dispose();
  }
}

function penaltyOf({ network, penalised }: Untrained, penalty: number): Float32Array | undefined {
  if (penalty === 0) return undefined;
  const all = new Float32Array(network.parameters);
  for (const [from, to] of penalised) all.fill(penalty, from, to);
  return all;
}

/** In single precision once, where they are in memory. */
function watchedOf(features: HeldFeatures | undefined): Watched {
  if (!features) return { rows: 0, atOnce: 1, features: () => new Float32Array() };
  const { rows, width } = features;
  if (features.streamed)
    return { rows, atOnce: atOnceOf(width), features: (from, to) => Float32Array.from(features.slice(from, to)) };
  const all = Float32Array.from(features.slice(0, rows));
  return { rows, atOnce: Infinity, features: (from, to) => all.subarray(from * width, to * width) };
}

/** The net as the loop sees it. */
function traineeOf(
  running: NetInTraining,
  { objective, optimiser }: NetParts,
  plan: BatchPlan,
  feed: Feed,
  schedule: Schedule,
  { validation, validate }: Learned,
): Trainee {
  const steps = stepsOf(plan);
  let rate = 0;
  return {
    steps,
    advance: async ({ epoch, steps: done, loss, weight }, looks) => {
      const group = groupAfter(plan, done);
      const taken = await feed.take(epoch, group.from, group.to);
      const first = (epoch - 1) * steps + done + 1;
      const given = Array.from({ length: group.steps }, (_, i): Step => {
        rate = schedule.rate(first + i, looks);
        return stepOf(plan, taken, i, first + i, optimiser.rates(first + i, rate));
      });
      const answers = running.steps(given);
      let [sum, seen, at] = [loss, weight, 0];
      for (const step of given) {
        const ofStep = step.batches.reduce((all, batch) => all + batch.rows, 0);
        for (const batch of step.batches) {
          sum = addLoss(sum, batch, ofStep, answers[at++]!, objective);
          for (const one of batch.weight) seen += one * ofStep;
        }
      }
      return { epoch, steps: done + given.length, loss: sum, weight: seen };
    },
    rate: () => rate,
    validate: () => (validation ? validate(running.predict()) : undefined),
    read: () => running.read(),
    write: (state) => running.write(state),
  };
}

/** Adds the weighted loss of a batch's rows, row by row. */
function addLoss(
  sum: number,
  { rows, y, weight }: Step['batches'][number],
  ofStep: number,
  answers: Float32Array,
  { outputs, targets, loss }: NetParts['objective'],
): number {
  for (let row = 0; row < rows; row++) {
    const one = loss(
      answers.subarray(row * outputs, (row + 1) * outputs),
      y.subarray(row * targets, (row + 1) * targets),
    );
    sum += weight[row]! * ofStep * one;
  }
  return sum;
}

/** How far a served answer may lie from TensorFlow's: rounding of single precision through a deep net. */
const SERVED_TOLERANCE = 1e-4;

/** TensorFlow's answers for the watched rows by these parameters. */
function predictedBy(running: NetInTraining, parameters: Float32Array): Float32Array {
  running.write([parameters, ...running.read().slice(1)]);
  return running.predict();
}

/** What is served must be what was trained. */
function requireSame(trained: Float32Array, served: Float64Array): void {
  const off = trained.findIndex(
    (value, i) => !(Math.abs(value - served[i]!) <= SERVED_TOLERANCE * Math.max(1, Math.abs(value))),
  );
  if (off >= 0) throw new Error(`TensorFlow answers ${trained[off]}, the model as served ${served[off]}`);
}

function sayStreamed(
  data: Learned['validation'],
  part: string,
  { streamAbove, shuffleWindow = 1 }: Partial<StreamParameters>,
  ctx: NodeContext,
): void {
  if (!data?.features.streamed) return;
  const { rows, width } = data;
  const words = `${part} is streamed from a file: ${rows} rows of ${width} features are more than streamAbove, ${streamAbove} numbers`;
  const { block, together } = cutOf(rows, width, shuffleWindow);
  ctx.log(part === 'train' ? `${words}; shuffled in windows of ${together} blocks of ${block} rows` : words);
}

function noteOn({ backend }: LoadedTensorflow): string | undefined {
  if (backend === 'tensorflow') return undefined;
  const where = backend === 'wasm' ? 'WebAssembly' : 'plain JavaScript, which is slow';
  return `trained on ${where}, not on native TensorFlow; trainyard doctor says what is installed`;
}
