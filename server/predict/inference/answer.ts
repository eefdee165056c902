import { sayNearest } from '@trainyard/errors';
import { taskType, type ModelCard, type ModelTask } from '../../../models/index.js';
import { refuseRequest } from '../request.js';
import type { Answer } from '../served-version.js';
import type { Inference } from './request.js';
import { bytesOf } from './tensors.js';

const INPUT_TYPES: Readonly<Record<ModelCard['inputs'][number]['type'], string>> = {
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

interface Output {
  readonly name: string;
  readonly datatype: 'BYTES' | 'FP64';
  /** Of the whole, `-1` for the rows. */
  readonly shape: readonly number[];
}

/** What a task answers: its tensors, and the names of its classes, which say what the columns of `probabilities` are. */
export const outputsOf = (task: ModelTask): Output[] => [
  ...taskType(task)
    .tensors(task)
    .map((one) => ({ ...one, shape: [-1, ...one.shape] })),
  ...('classes' in task ? [{ name: 'classes', datatype: 'BYTES' as const, shape: [task.classes.length] }] : []),
];

/** The metadata of a model: what its tensors are called, and of which type they are. */
export function describeModel(name: string, version: number, card: ModelCard): object {
  return {
    name,
    versions: [String(version)],
    platform: `trainyard_${card.kind}`,
    inputs: card.inputs.map((input) => ({ name: input.name, datatype: INPUT_TYPES[input.type], shape: [-1] })),
    outputs: outputsOf(card.task),
  };
}

/** Refuses outputs that the model does not give, before anything is scored. Throws TY-PREDICT-INPUT. */
export function checkOutputs({ outputs }: Inference, task: ModelTask): void {
  const known = outputsOf(task).map(({ name }) => name);
  for (const { name } of outputs ?? [])
    if (!known.includes(name))
      refuseRequest(`the model has no output "${name}"; ${sayNearest(name, known)}`, 'outputs', known.join(', '));
}

/** The answer as it is sent; `headerLength` where bytes follow the JSON. */
export interface InferenceAnswer {
  readonly body: string | Buffer;
  readonly headerLength?: number;
}

/** The answer to an inference request: the outputs that were asked for, as JSON or as bytes. */
export function inferenceAnswer(name: string, id: string, asked: Inference, answer: Answer): InferenceAnswer {
  const { responded, predictor, version } = answer;
  const { task } = predictor.card;
  const values = predictor.say(responded).map((one) => taskType(task).values(one, task));
  const all = outputsOf(task);
  const wanted = asked.outputs ?? all.map((one) => ({ name: one.name, binary: asked.binary }));
  const bytes: Buffer[] = [];
  const outputs = wanted.map(({ name: output, binary }) => {
    const { datatype, shape } = all.find((one) => one.name === output)!;
    const data = output === 'classes' && 'classes' in task ? task.classes : values.flatMap((row) => row[output] ?? []);
    const said = { name: output, datatype, shape: shape.map((size) => (size === -1 ? responded.rows : size)) };
    if (!binary) return { ...said, data };
    const part = bytesOf(datatype, data);
    bytes.push(part);
    return { ...said, parameters: { binary_data_size: part.length } };
  });
  const unknown = responded.unknown.length === 0 ? {} : { parameters: { unknown: JSON.stringify(responded.unknown) } };
  const json = JSON.stringify({ model_name: name, model_version: String(version), id, ...unknown, outputs });
  if (bytes.length === 0) return { body: json };
  const head = Buffer.from(json);
  return { body: Buffer.concat([head, ...bytes]), headerLength: head.length };
}
