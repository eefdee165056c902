import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { join } from 'node:path';
import { UserError } from '@trainyard/errors';
import {
  exportFormat,
  PRECISIONS,
  type OpenedExport,
  type PortableModel,
  type WrittenExport,
} from '../../../models/index.js';
import { loadTensorflow, servingTensorflow, type Tensorflow } from '../../kit/tensorflow.js';
import { recordGraph } from '../graph/record.js';
import { graphDefOf, INPUT, OUTPUT } from './graph-def.js';
import { graphModelFiles, MODEL_FILE } from './graph-model.js';
import { savedModelBytes } from './saved-model.js';
import type { NodeDef } from './writer.js';

/** How far single precision on another backend may lead, as for served nets. */
const TOLERANCE = 1e-4;

const refuses = ({ operations }: PortableModel): string | undefined =>
  operations ? undefined : 'it is no arithmetic on tensors: graphs of TensorFlow have no trees';

async function nodesOf({ width, operations }: PortableModel): Promise<NodeDef[]> {
  return graphDefOf(recordGraph(await servingTensorflow(), width, operations!));
}

function written({ width, outputs }: PortableModel, files: WrittenExport['files']): WrittenExport {
  return {
    files,
    input: { name: INPUT, type: 'float32', shape: [null, width] },
    output: { name: OUTPUT, type: 'float32', shape: [null, outputs.length] },
    tolerance: TOLERANCE,
  };
}

/** What tfjs-node has beside TensorFlow.js' core. */
interface Native {
  readonly node: { loadSavedModel(folder: string): Promise<Loaded> };
  readonly io: { fileSystem(file: string): unknown };
  loadGraphModel(handler: unknown): Promise<Loaded>;
}
interface Loaded {
  predict(inputs: Readonly<Record<string, Tensor>>): Tensor | Readonly<Record<string, Tensor>>;
  dispose(): void;
}

/** Opens an export by native TensorFlow. */
async function openWith(runtime: string, load: (native: Native) => Promise<Loaded>): Promise<OpenedExport> {
  const { tf, backend, version } = await loadTensorflow();
  if (backend !== 'tensorflow')
    throw new UserError('the export cannot be opened and compared: native TensorFlow is not installed here', {
      remedy: 'Run: npx trainyard setup tensorflow',
    });
  const model = await load(tf as unknown as Native);
  return {
    runtime: `${runtime} ${runtime === 'TensorFlow' ? version : tf.version_core}`,
    score: async (features, rows) => Float64Array.from(predicted(tf, model, features, rows)),
    dispose: async () => model.dispose(),
  };
}

function predicted(tf: Tensorflow, model: Loaded, features: Float64Array, rows: number): Float32Array {
  const x: Tensor2D = tf.tensor2d(Float32Array.from(features), [rows, features.length / rows]);
  const given = model.predict({ [INPUT]: x });
  const answers = 'dataSync' in given ? (given as Tensor) : (given as Readonly<Record<string, Tensor>>)[OUTPUT]!;
  const values = answers.dataSync() as Float32Array;
  tf.dispose([x, answers]);
  return values;
}

export const savedModel = exportFormat({
  name: 'saved-model',
  title: "TensorFlow's SavedModel, for TensorFlow, Keras and TensorFlow Serving",
  refuses,
  async write(model) {
    const nodes = await nodesOf(model);
    return written(model, { 'saved_model.pb': savedModelBytes(nodes, model.width, model.outputs.length) });
  },
  open: (folder) => openWith('TensorFlow', ({ node }) => node.loadSavedModel(folder)),
});

export const tfjs = exportFormat({
  name: 'tfjs',
  title: 'Graph model of TensorFlow.js, for browsers and Node',
  refuses,
  precisions: PRECISIONS,
  async write(model, { precision }) {
    return written(model, graphModelFiles(await nodesOf(model), model.width, model.outputs.length, precision));
  },
  open: (folder) =>
    openWith('TensorFlow.js', ({ io, loadGraphModel }) => loadGraphModel(io.fileSystem(join(folder, MODEL_FILE)))),
});
