import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '@trainyard/errors';
import { exportFormat, type OpenedExport, type PortableModel } from '../../../models/index.js';
import { servingTensorflow } from '../../kit/tensorflow.js';
import { recordGraph } from '../graph/record.js';
import { OnnxBuilder } from './builder.js';
import { onnxBytes } from './model.js';
import { addGraph } from './operations.js';
import { addTrees } from './trees.js';

const FILE = 'model.onnx';
const [INPUT, OUTPUT] = ['features', 'answers'];

/** Trees are written in double precision, in which they were grown; nets in single precision. */
const realOf = ({ trees }: PortableModel): 'float32' | 'float64' => (trees ? 'float64' : 'float32');

export const onnx = exportFormat({
  name: 'onnx',
  title: 'ONNX, for onnxruntime and what reads its operations (opset 21, ai.onnx.ml 5)',
  refuses: ({ trees, operations }) =>
    trees || operations ? undefined : 'it lays neither trees nor arithmetic on tensors open',
  async write(model) {
    const { name, width, outputs, trees, operations } = model;
    const tf = await servingTensorflow();
    const real = realOf(model);
    const builder = new OnnxBuilder(real);
    const answers = trees
      ? addGraph(
          builder,
          recordGraph(tf, trees.scores, (_, scores) => trees.answers(tf, scores)),
          addTrees(builder, trees, filled(builder, model)),
        )
      : addGraph(builder, recordGraph(tf, width, operations!), INPUT);
    const input = { name: INPUT, type: real, width };
    const output = { name: OUTPUT, type: real, width: outputs.length };
    return {
      files: { [FILE]: onnxBytes(builder.finish(answers, input, output), name) },
      input: { name: INPUT, type: real, shape: [null, width] },
      output: { name: OUTPUT, type: real, shape: [null, outputs.length] },
      tolerance: trees ? 1e-9 : 1e-4,
    };
  },
  open: async (folder, model, project) => openWith(loadRuntime(project), join(folder, FILE), realOf(model)),
});

/** Features with what stands in for missing ones. */
function filled(builder: OnnxBuilder, { width, fills = [] }: PortableModel): string {
  if (fills.length === 0) return INPUT;
  const values = new Float64Array(width).fill(NaN);
  for (const [feature, value] of fills) values[feature] = value;
  const row = builder.constant({ type: 'float64', shape: [1, width], values });
  return builder.one('Where', [builder.one('IsNaN', [INPUT]), row, INPUT]);
}

/** What is used of onnxruntime. */
interface Runtime {
  readonly InferenceSession: { create(file: string): Promise<Session> };
  readonly Tensor: new (
    type: 'float32' | 'float64',
    values: Float32Array | Float64Array,
    shape: number[],
  ) => RuntimeTensor;
}
interface RuntimeTensor {
  readonly data: Float32Array | Float64Array;
}
interface Session {
  run(inputs: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

const PACKAGE = 'onnxruntime-node';

/** onnxruntime of the user's project. */
function loadRuntime(project: string): { readonly runtime: Runtime; readonly version: string } {
  const require = createRequire(pathToFileURL(join(project, 'package.json')));
  try {
    const runtime = require(PACKAGE) as Runtime;
    const { version } = require(`${PACKAGE}/package.json`) as { version: string };
    return { runtime, version };
  } catch (cause) {
    throw new UserError('the export cannot be opened and compared: onnxruntime is not installed in this project', {
      where: { file: project },
      expected: `the package ${PACKAGE}, which trainyard itself does not need`,
      cause,
      remedy: `Run: npm install --save-dev ${PACKAGE}`,
    });
  }
}

async function openWith(
  { runtime, version }: ReturnType<typeof loadRuntime>,
  file: string,
  real: 'float32' | 'float64',
): Promise<OpenedExport> {
  const session = await runtime.InferenceSession.create(file);
  return {
    runtime: `onnxruntime ${version}`,
    score: async (features, rows) => {
      const values = real === 'float32' ? Float32Array.from(features) : features;
      const given = new runtime.Tensor(real, values, [rows, features.length / rows]);
      const { [OUTPUT]: answers } = await session.run({ [INPUT]: given });
      return Float64Array.from(answers!.data);
    },
    dispose: () => session.release(),
  };
}
