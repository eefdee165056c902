import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '@trainyard/errors';
import { exportFormat, PRECISIONS, type OpenedExport, type Portable } from '../../../models/index.js';
import { servingTensorflow, type Tensorflow } from '../../kit/tensorflow.js';
import { recordGraph } from '../graph/record.js';
import { OnnxBuilder } from './builder.js';
import { onnxBytes } from './model.js';
import { addGraph } from './operations.js';
import { addTrees } from './trees.js';

const FILE = 'model.onnx';
export const [INPUT, OUTPUT] = ['features', 'answers'] as const;

/** Trees are written in double precision, in which they were grown; nets in single precision. */
export const realOf = ({ trees, members = [] }: Portable): 'float32' | 'float64' =>
  trees || members.some(({ model }) => model.trees) ? 'float64' : 'float32';

/** Constants of operations are of single precision, among trees too. */
const toleranceOf = ({ trees }: Portable): number => (!trees ? 1e-4 : trees.answersWith ? 1e-6 : 1e-9);

export const onnx = exportFormat({
  name: 'onnx',
  title: 'ONNX, for onnxruntime and what reads its operations (opset 21, ai.onnx.ml 5)',
  refuses: ({ trees, operations, members }) =>
    trees || operations || members ? undefined : 'it lays neither trees nor arithmetic on tensors open',
  precisions: PRECISIONS,
  async write(model, { precision }) {
    const { name, width, outputs } = model;
    const tf = await servingTensorflow();
    const real = realOf(model);
    if (precision !== undefined && real === 'float64')
      throw new UserError('trees have no weights that could be kept in less precision', {
        where: { field: 'precision' },
        actual: precision,
        remedy: 'export it in full precision',
      });
    const builder = new OnnxBuilder(real, precision);
    const answers = answersOf(tf, builder, model, INPUT, outputs.length);
    const input = { name: INPUT, type: real, width };
    const output = { name: OUTPUT, type: real, width: outputs.length };
    return {
      files: { [FILE]: onnxBytes(builder.finish(answers, input, output), name) },
      input: { name: INPUT, type: real, shape: [null, width] },
      output: { name: OUTPUT, type: real, shape: [null, outputs.length] },
      tolerance: toleranceOf(model),
    };
  },
  open: async (folder, model, project) => openWith(loadRuntime(project), join(folder, FILE), realOf(model)),
});

/** The value of a model's answers, by its trees, its members or its operations. */
function answersOf(tf: Tensorflow, builder: OnnxBuilder, model: Portable, features: string, outputs: number): string {
  const { trees, operations, members, width } = model;
  if (trees) {
    const { scores, answersWith } = trees;
    const sums = addTrees(builder, trees, filled(builder, model, features));
    if (!answersWith)
      return addGraph(
        builder,
        recordGraph(tf, scores, (_, given) => trees.answers(tf, given)),
        sums,
      );
    // What is recorded takes one input: the features stand behind the scores.
    const both = builder.one('Concat', [sums, features], { axis: { i: 1 } });
    const graph = recordGraph(tf, scores + width, (_, given) =>
      answersWith(tf, given.slice([0, 0], [-1, scores]), given.slice([0, scores], [-1, width])),
    );
    return addGraph(builder, graph, both);
  }
  if (operations) return addGraph(builder, recordGraph(tf, width, operations), features);
  const each = members!.map(({ weight, features: places, model: member }) => {
    const own = builder.one('Gather', [features, builder.integers(places)], { axis: { i: 1 } });
    return builder.one('Mul', [answersOf(tf, builder, member, own, outputs), builder.number(weight)]);
  });
  const sum = each.reduce((a, b) => builder.one('Add', [a, b]));
  return outputs > 1 ? builder.one('Min', [sum, builder.number(1)]) : sum;
}

/** Features with what stands in for missing ones. */
function filled(builder: OnnxBuilder, { width, fills = [] }: Portable, features: string): string {
  if (fills.length === 0) return features;
  const values = new Float64Array(width).fill(NaN);
  for (const [feature, value] of fills) values[feature] = value;
  const row = builder.constant({ type: 'float64', shape: [1, width], values });
  return builder.one('Where', [builder.one('IsNaN', [features]), row, features]);
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
