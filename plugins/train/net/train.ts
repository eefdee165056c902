import { canonical, digestText } from '../../../core/index.js';
import { denseNet, type DenseArchitecture } from '../kinds/dense-net.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { loadTensorflow, type LoadedTensorflow } from '../../kit/tensorflow.js';
import { implement } from '../../../worker/index.js';
import { averages, accuracy, confusionMatrix, logLoss, mostProbable } from '@trainyard/metrics';
import { weightsOfClasses } from '../class-weights.js';
import { net } from '../contract.js';
import { requireClasses, type Dataset } from '../dataset.js';
import { curvesReport } from '../loop/curves.js';
import type { Validation } from '../loop/history.js';
import { trainInEpochs, type Trainee } from '../loop/loop.js';
import { writeOutcome } from '../training-result.js';
import { readSurroundings } from '../training-environment.js';
import { batchOf, groupsOf, lossOf, orderOf, stepsOf, type BatchPlan } from './batches.js';
import { deadUnits, priorLoss } from './evidence.js';
import type { NetInTraining, NetParts } from './in-training.js';
import { adam, sgd } from './optimiser.js';
import { recordedSteps } from './recorded.js';
import { runningNet } from './running.js';
import { initialValues, shapeOf, tensorsOf, type NetShape } from './shape.js';

export const netNode = implement(net, async ({ params, inputs, ctx }) => {
  const around = await readSurroundings(inputs, params.label, ctx.scratch, params.weight);
  const { train, validation } = around;
  requireClasses(train, params.label);
  const loaded = await loadTensorflow({ threads: ctx.threads, backend: ctx.backend });
  const note = noteOn(loaded);
  if (note) ctx.log(note);

  const architecture = architectureOf(params, train);
  const shape = shapeOf(architecture);
  const { tf } = loaded;
  const parts: NetParts = {
    tf,
    shape,
    optimiser: params.optimizer === 'adam' ? adam(tf, params.learningRate) : sgd(tf, params.learningRate),
    penalty: penaltyOf(shape, params.l2),
    initial: initialValues(shape, ctx.seed),
    watched: validation
      ? { rows: validation.rows, features: Float32Array.from(validation.features) }
      : { rows: 0, features: new Float32Array() },
  };
  const running = runningNet(parts, recordedSteps({ tf, folder: ctx.scratch, log: ctx.log }));
  try {
    const weights = weightsOfClasses(params.classWeights, train);
    const plan = { data: train, shape, batchSize: params.batchSize, dropout: params.dropout, weights, seed: ctx.seed };
    const trainee = traineeOf(running, plan, validation);
    // More epochs of the same go on from where fewer ended.
    const { epochs: _, ...same } = params;
    const fingerprint = digestText(
      canonical({ params: same, seed: ctx.seed, shape, rows: train.rows, on: loaded.version }),
    );
    const { history, parameters } = await trainInEpochs(trainee, { ...params, fingerprint }, ctx);
    const tensors = tensorsOf(shape, parameters);
    const { model, figures, probabilities } = await writeOutcome(
      {
        kind: denseNet,
        ...tensorParts(architecture, tensors),
        training: {
          node: net.spec.name,
          version: net.spec.version,
          params: { ...params, checkpointSeconds: undefined },
          seed: ctx.seed,
          threads: ctx.threads,
          device: loaded.device.startsWith('cuda') ? 'cuda' : 'cpu',
          parameters: shape.parameters,
          epochs: history.epochs.length,
          bestEpoch: history.bestEpoch,
          stop: history.stop,
          ...(note ? { note } : {}),
        },
        libraries: { [loaded.backend]: loaded.version },
      },
      around,
    );
    if (validation) requireSame(predictedBy(running, parameters), probabilities);
    const evidence = { priorLoss: priorLoss(train), deadUnits: deadUnits(shape, tensors, train) };
    const about = `${train.rows} training rows, ${validation?.rows ?? 0} validation rows, ${train.width} features, ${shape.parameters} parameters`;
    return { model, figures, curves: curvesReport(history, evidence, about) };
  } finally {
    running.dispose();
  }
});

type Params = (typeof net)['spec']['params']['_zod']['output'];

function architectureOf({ layers, units, activation }: Params, { width, classes }: Dataset): DenseArchitecture {
  const hidden = Array.isArray(units) ? units : Array.from({ length: layers }, () => units);
  return {
    features: width,
    layers: [
      ...hidden.map((size) => ({ units: size, activation })),
      { units: classes.length, activation: 'linear' as const },
    ],
  };
}

function penaltyOf(shape: NetShape, l2: number): Float32Array | undefined {
  if (l2 === 0) return undefined;
  const penalty = new Float32Array(shape.parameters);
  for (const { kernel, bias } of shape.layers) penalty.fill(2 * l2, kernel, bias);
  return penalty;
}

/** The net as the loop sees it. */
function traineeOf(running: NetInTraining, plan: BatchPlan, validation: Dataset | undefined): Trainee {
  const steps = stepsOf(plan);
  return {
    epoch: async (epoch, pause) => {
      let loss = 0;
      for (const group of groupsOf(plan, orderOf(plan, epoch))) {
        const first = (epoch - 1) * steps + group.first + 1;
        const batches = group.batches.map((indices, i) => batchOf(plan, indices, first + i));
        const probabilities = running.steps(batches, first);
        batches.forEach((batch, i) => (loss += lossOf(batch, probabilities[i]!)));
        if (Number.isNaN(loss)) return NaN;
        await pause();
      }
      return loss / plan.data.rows;
    },
    validate: () => validation && validationOf(validation, running.predict()),
    read: () => running.read(),
    write: (state) => running.write(state),
  };
}

function validationOf({ labels, classes }: Dataset, values: Float32Array): Validation {
  const p = { values, classes: classes.length };
  const confusion = confusionMatrix(labels, mostProbable(p), p.classes);
  return { loss: logLoss(labels, p), accuracy: accuracy(confusion), f1Macro: averages(confusion, 'f1').macro };
}

/** How far a served probability may lie from TensorFlow's: rounding of single precision through a deep net. */
const SERVED_TOLERANCE = 1e-4;

/** TensorFlow's probabilities of the watched rows by these parameters. */
function predictedBy(running: NetInTraining, parameters: Float32Array): Float32Array {
  running.write([parameters, ...running.read().slice(1)]);
  return running.predict();
}

/** What is served must be what was trained. */
function requireSame(trained: Float32Array, served: Float64Array): void {
  const off = trained.findIndex((value, i) => !(Math.abs(value - served[i]!) <= SERVED_TOLERANCE));
  if (off >= 0) throw new Error(`TensorFlow gives probability ${trained[off]}, the model as served ${served[off]}`);
}

function noteOn({ backend }: LoadedTensorflow): string | undefined {
  if (backend === 'tensorflow') return undefined;
  const where = backend === 'wasm' ? 'WebAssembly' : 'plain JavaScript, which is slow';
  return `trained on ${where}, not on native TensorFlow; trainyard doctor says what is installed`;
}
