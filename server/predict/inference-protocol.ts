import { z } from 'zod';
import { taskType, type ModelCard, type ModelTask, type OutputTensor } from '../../models/index.js';
import type { Answer } from './endpoint.js';
import { checkCount, refuseRequest, requestIdOf, type Row } from './request.js';

// The Open Inference Protocol, version 2, over HTTP and JSON: one tensor for each input column, `[rows]` or `[rows, 1]`.

const NUMBERS = /^(FP16|FP32|FP64|U?INT(8|16|32|64))$/;

/** What a request is, for the interface's description: `rowsOfInference` says more of what is wrong. */
export const inferBody = z.object({
  id: z.string().max(128).optional(),
  inputs: z
    .array(
      z.object({
        name: z.string().min(1),
        shape: z.array(z.int()).min(1).max(2).describe('[rows] or [rows, 1]'),
        datatype: z.string().describe('FP64, INT64, BYTES, BOOL, …'),
        data: z.array(z.unknown()),
      }),
    )
    .min(1),
});

interface InputTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly unknown[];
}

/** The metadata of a model: what its tensors are called, and of which type they are. */
export function describeModel(name: string, version: number, card: ModelCard): object {
  return {
    name,
    versions: [String(version)],
    platform: `trainyard_${card.kind}`,
    inputs: card.inputs.map((input) => ({
      name: input.name,
      datatype: DATATYPES[input.type],
      shape: [-1],
    })),
    outputs: [
      ...tensorsOf(card.task).map((one) => ({ ...one, shape: [-1, ...one.shape] })),
      ...classesOf(card.task).map((classes) => ({ name: 'classes', datatype: 'BYTES', shape: [classes.length] })),
    ],
  };
}

const DATATYPES: Readonly<Record<ModelCard['inputs'][number]['type'], string>> = {
  number: 'FP64',
  // A column of whole numbers may be asked about a fraction.
  integer: 'FP64',
  boolean: 'BOOL',
  text: 'BYTES',
  timestamp: 'BYTES',
  date: 'BYTES',
  time: 'BYTES',
  image: 'BYTES',
};

const tensorsOf = (task: ModelTask): readonly OutputTensor[] => taskType(task).tensors(task);

/** Names of the classes, where the task has some: they say what the columns of `probabilities` are. */
const classesOf = (task: ModelTask): (readonly string[])[] => ('classes' in task ? [task.classes] : []);

/** The rows of an inference request. Throws TY-PREDICT-INPUT that names the tensor. */
export function rowsOfInference(body: unknown): { id: string | undefined; rows: readonly Row[] } {
  const expected = '{"inputs": [{"name", "shape": [rows], "datatype", "data": […]}]}';
  const { id, inputs } = (body ?? {}) as { id?: unknown; inputs?: unknown };
  if (!Array.isArray(inputs) || inputs.length === 0) refuseRequest('the body has no inputs', 'inputs', expected);
  let count: number | undefined;
  const columns = inputs.map((given: unknown, at) => {
    const tensor = checkTensor(given, at);
    const rows = tensor.data.length;
    if (rows !== (count ??= rows))
      refuseRequest(`input "${tensor.name}" has ${rows} rows, the one before it ${count}`, tensor.name);
    return tensor;
  });
  checkCount(count ?? 0);
  const names = new Set(columns.map(({ name }) => name));
  if (names.size < columns.length) refuseRequest('an input is there twice', 'inputs');
  const rows = Array.from({ length: count ?? 0 }, (_, row) =>
    Object.fromEntries(columns.map(({ name, data }) => [name, data[row]])),
  );
  return { id: requestIdOf(id), rows };
}

function checkTensor(given: unknown, at: number): InputTensor {
  const { name, shape, datatype, data } = (given ?? {}) as Partial<InputTensor>;
  const field = `inputs[${at}]`;
  if (typeof name !== 'string' || name === '') refuseRequest('an input has no name', `${field}.name`);
  if (!Array.isArray(shape) || !(shape.length === 1 || (shape.length === 2 && shape[1] === 1)))
    refuseRequest(`input "${name}" is not one column`, `${field}.shape`, '[rows] or [rows, 1]');
  if (!Array.isArray(data)) refuseRequest(`input "${name}" has no data`, `${field}.data`, 'a list');
  const flat = data.flat() as unknown[];
  if (flat.length !== shape[0])
    refuseRequest(
      `input "${name}" has ${flat.length} values`,
      `${field}.data`,
      `${String(shape[0])}, as its shape says`,
    );
  if (typeof datatype !== 'string' || !(NUMBERS.test(datatype) || datatype === 'BYTES' || datatype === 'BOOL'))
    refuseRequest(`input "${name}" is of no known type`, `${field}.datatype`, 'FP64, INT64, BYTES, BOOL, …');
  return { name, shape, datatype, data: flat };
}

/** The answer to an inference request. */
export function inferenceAnswer(name: string, id: string, answer: Answer): object {
  const { rows } = answer.responded;
  const { task } = answer.predictor.card;
  const values = answer.predictor.say(answer.responded).map((one) => taskType(task).values(one, task));
  return {
    model_name: name,
    model_version: String(answer.version),
    id,
    outputs: [
      ...tensorsOf(task).map(({ name: tensor, datatype, shape }) => ({
        name: tensor,
        datatype,
        shape: [rows, ...shape],
        data: values.flatMap((row) => row[tensor] ?? []),
      })),
      ...classesOf(task).map((classes) => ({
        name: 'classes',
        datatype: 'BYTES',
        shape: [classes.length],
        data: classes,
      })),
    ],
  };
}
