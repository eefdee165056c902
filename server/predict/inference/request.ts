import { gunzipSync, inflateSync } from 'node:zlib';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { checkCount, refuseRequest, requestIdOf, type Row } from '../request.js';
import { readPythonJson } from './json-text.js';
import { isDatatype, KNOWN_DATATYPES, valuesOfBytes, valuesOfJson, type Column } from './tensors.js';

const parameters = z.record(z.string(), z.unknown()).describe('those of the protocol; others are passed over');

/** What a request is, for the interface's description: `readInference` says more of what is wrong. */
export const inferBody = z.object({
  id: z.string().max(128).optional(),
  parameters: parameters.optional(),
  inputs: z
    .array(
      z.object({
        name: z.string().min(1),
        shape: z.array(z.int()).min(1).max(2).describe('[rows] or [rows, 1]'),
        datatype: z.string().describe('FP64, INT64, BYTES, BOOL, …'),
        parameters: parameters.optional().describe('binary_data_size: its bytes stand after the JSON'),
        data: z.array(z.unknown()).optional(),
      }),
    )
    .min(1),
  outputs: z
    .array(z.object({ name: z.string(), parameters: parameters.optional().describe('binary_data: as bytes') }))
    .optional()
    .describe('which are answered; all where it is left out'),
});

/** An output that is asked for. */
export interface AskedOutput {
  readonly name: string;
  readonly binary: boolean;
}

export interface Inference {
  readonly id: string | undefined;
  readonly rows: readonly Row[];
  /** Undefined for all. */
  readonly outputs: readonly AskedOutput[] | undefined;
  /** Whether outputs that nobody named are wanted as bytes. */
  readonly binary: boolean;
}

const expected = '{"inputs": [{"name", "shape": [rows], "datatype", "data": […]}]}';
const HEADER_LENGTH = 'inference-header-content-length';

/**
 * An inference request, in JSON or with its tensors as bytes after the JSON, whose length the header says. Throws TY-PREDICT-INPUT that
 * names tensor and row, TY-REQUEST for what is no JSON.
 */
export function readInference(body: Buffer, headers: IncomingHttpHeaders, bodyLimit: number): Inference {
  const bytes = unpacked(body, headers['content-encoding'], bodyLimit);
  const length = headerLength(headers[HEADER_LENGTH], bytes.length);
  const value = readPythonJson(bytes.toString('utf8', 0, length));
  const rest = bytes.subarray(length);
  const { id, inputs, outputs, parameters: given } = fields(value, 'the body');
  if (!Array.isArray(inputs) || inputs.length === 0) refuseRequest('the body has no inputs', 'inputs', expected);
  let at = 0;
  const columns = inputs.map((one: unknown, i) => {
    const { column, taken } = readInput(one, i, rest, at);
    at += taken;
    return column;
  });
  if (at !== rest.length)
    refuseRequest(
      `${rest.length - at} bytes after the inputs belong to none`,
      'inputs',
      'binary_data_size of each input',
    );
  const binary = given !== undefined && fields(given, 'parameters')['binary_data_output'] === true;
  return { id: requestIdOf(id), rows: rowsOfColumns(columns), outputs: askedOutputs(outputs, binary), binary };
}

function unpacked(body: Buffer, encoding: string | undefined, most: number): Buffer {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'deflate')
    refuseRequest(`the body is packed as "${encoding.slice(0, 40)}"`, 'content-encoding', 'gzip, deflate, or none');
  try {
    return encoding === 'gzip'
      ? gunzipSync(body, { maxOutputLength: most })
      : inflateSync(body, { maxOutputLength: most });
  } catch {
    return refuseRequest(`the body cannot be unpacked by ${encoding}`, 'content-encoding', `at most ${most} bytes`);
  }
}

function headerLength(given: string | string[] | undefined, most: number): number {
  if (given === undefined) return most;
  if (typeof given === 'string' && /^\d{1,9}$/.test(given) && Number(given) <= most) return Number(given);
  return refuseRequest(
    'the length of the JSON is none',
    HEADER_LENGTH,
    `a whole number up to ${most}, the length of the body`,
  );
}

function fields(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuseRequest(`${what} is no object`, undefined, expected);
  return value as Record<string, unknown>;
}

function readInput(given: unknown, i: number, rest: Buffer, at: number): { column: Column; taken: number } {
  const field = `inputs[${i}]`;
  const { name, shape, datatype, data, parameters: extra } = fields(given, field);
  if (typeof name !== 'string' || name === '') refuseRequest('an input has no name', `${field}.name`);
  const isColumn =
    Array.isArray(shape) &&
    (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) &&
    Number.isSafeInteger(shape[0]) &&
    (shape[0] as number) >= 0;
  if (!isColumn) refuseRequest(`input "${name}" is not one column`, `${field}.shape`, '[rows] or [rows, 1]');
  const count = (shape as number[])[0]!;
  checkCount(count);
  if (!isDatatype(datatype))
    refuseRequest(`input "${name}" is of no known type`, `${field}.datatype`, KNOWN_DATATYPES.join(', '));
  const size = extra === undefined ? undefined : fields(extra, `${field}.parameters`)['binary_data_size'];
  if (size !== undefined) {
    if (data !== undefined)
      refuseRequest(`input "${name}" has both data and binary_data_size`, `${field}.data`, 'one of them');
    if (!Number.isSafeInteger(size) || (size as number) < 0 || at + (size as number) > rest.length)
      refuseRequest(
        `input "${name}" has other bytes than its binary_data_size says`,
        `${field}.parameters.binary_data_size`,
        `at most ${rest.length - at}, what follows the JSON`,
      );
    const taken = size as number;
    return { column: { name, values: valuesOfBytes(name, datatype, rest.subarray(at, at + taken), count) }, taken };
  }
  if (!Array.isArray(data)) refuseRequest(`input "${name}" has no data`, `${field}.data`, 'a list');
  const values = valuesOfJson(name, datatype, data);
  if (values.length !== count)
    refuseRequest(`input "${name}" has ${values.length} values`, `${field}.data`, `${count}, as its shape says`);
  return { column: { name, values }, taken: 0 };
}

function rowsOfColumns(columns: readonly Column[]): Row[] {
  const [first] = columns;
  const count = first!.values.length;
  for (const { name, values } of columns)
    if (values.length !== count)
      refuseRequest(`input "${name}" has ${values.length} rows, "${first!.name}" has ${count}`, name);
  if (new Set(columns.map(({ name }) => name)).size < columns.length)
    refuseRequest('an input is there twice', 'inputs');
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])),
  );
}

function askedOutputs(given: unknown, binary: boolean): AskedOutput[] | undefined {
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return undefined;
  if (!Array.isArray(given)) refuseRequest('outputs is no list', 'outputs', '[{"name": "probabilities"}]');
  return given.map((one: unknown, i) => {
    const { name, parameters: extra } = fields(one, `outputs[${i}]`);
    if (typeof name !== 'string') refuseRequest('an output has no name', `outputs[${i}].name`);
    const asked = extra === undefined ? undefined : fields(extra, `outputs[${i}].parameters`)['binary_data'];
    return { name, binary: asked === undefined ? binary : asked === true };
  });
}
