import type { ModelCard } from '../../models/index.js';
import type { Answer } from './endpoint.js';
import { checkCount, refuseRequest, requestIdOf, type Row } from './request.js';

// The Open Inference Protocol, version 2, over HTTP and JSON: one tensor for each input column, `[rows]` or `[rows, 1]`.

const NUMBERS = /^(FP16|FP32|FP64|U?INT(8|16|32|64))$/;

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
    platform: `trainyard_${card.learner}`,
    inputs: card.inputs.map((input) => ({
      name: input.name,
      datatype: input.type === 'number' ? 'FP64' : 'BYTES',
      shape: [-1],
    })),
    outputs: [
      { name: 'label', datatype: 'BYTES', shape: [-1] },
      { name: 'probabilities', datatype: 'FP64', shape: [-1, card.classes.length] },
      { name: 'classes', datatype: 'BYTES', shape: [card.classes.length] },
    ],
  };
}

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
export function inferenceAnswer(name: string, id: string, classes: readonly string[], answer: Answer): object {
  const rows = answer.predictions.length;
  return {
    model_name: name,
    model_version: String(answer.version),
    id,
    outputs: [
      { name: 'label', datatype: 'BYTES', shape: [rows], data: answer.predictions.map(({ label }) => label) },
      {
        name: 'probabilities',
        datatype: 'FP64',
        shape: [rows, classes.length],
        data: answer.predictions.flatMap(({ probabilities }) => classes.map((c) => probabilities[c])),
      },
      { name: 'classes', datatype: 'BYTES', shape: [classes.length], data: classes },
    ],
  };
}
