import { Message } from '../../../models/index.js';

/** Numbers of types in onnx.proto (TensorProto.DataType). */
export const ONNX_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;
export type OnnxType = keyof typeof ONNX_TYPES;

export interface OnnxTensor {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  /** Numbers; of half precision their bits. */
  readonly values: ArrayLike<number>;
}

/** An attribute by the case of its value: an integer, a real number, text, a list of integers, or a tensor. */
export type OnnxAttribute =
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly ints: readonly number[] }
  | { readonly t: OnnxTensor };

export interface OnnxNode {
  readonly op: string;
  /** '' for ONNX' own operations. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: Readonly<Record<string, OnnxTensor>>;
  readonly input: { readonly name: string; readonly type: OnnxType; readonly width: number };
  readonly output: { readonly name: string; readonly type: OnnxType; readonly width: number };
}

/** Version of the file format (onnx.proto, IR_VERSION): 10 is what runtimes of 2024 and later read. */
const IR_VERSION = 10;
/** Versions of the operations by domain. */
const OPSETS = [
  ['', 21],
  ['ai.onnx.ml', 5],
] as const;
/** Numbers of attribute types (AttributeProto.AttributeType). */
const ATTRIBUTE = { f: 1, i: 2, s: 3, t: 4, ints: 7 } as const;

/** The bytes of a model (ModelProto): field numbers as in onnx.proto of ONNX 1.16 and later. */
export function onnxBytes({ nodes, constants, input, output }: OnnxGraph, name: string): Uint8Array {
  const graph = new Message();
  nodes.forEach((node, i) => graph.bytes(1, nodeOf(node, i)));
  graph.bytes(2, name);
  for (const [key, tensor] of Object.entries(constants)) graph.bytes(5, tensorOf(tensor, key));
  graph.bytes(11, valueOf(input)).bytes(12, valueOf(output));
  const model = new Message().integer(1, IR_VERSION).bytes(2, 'trainyard').bytes(7, graph);
  for (const [domain, version] of OPSETS) model.bytes(8, new Message().bytes(1, domain).integer(2, version));
  return model.finish();
}

function nodeOf({ op, domain, inputs, outputs, attributes }: OnnxNode, at: number): Message {
  const node = new Message();
  for (const one of inputs) node.bytes(1, one);
  for (const one of outputs) node.bytes(2, one);
  node.bytes(3, `${op} ${at}`).bytes(4, op);
  for (const [name, value] of Object.entries(attributes)) node.bytes(5, attributeOf(name, value));
  return domain === '' ? node : node.bytes(7, domain);
}

function attributeOf(name: string, value: OnnxAttribute): Message {
  const message = new Message().bytes(1, name);
  if ('f' in value) return message.float(2, value.f).integer(20, ATTRIBUTE.f);
  if ('i' in value) return message.integer(3, value.i).integer(20, ATTRIBUTE.i);
  if ('s' in value) return message.bytes(4, value.s).integer(20, ATTRIBUTE.s);
  if ('t' in value) return message.bytes(5, tensorOf(value.t)).integer(20, ATTRIBUTE.t);
  // Not packed, as proto2 has them.
  for (const one of value.ints) message.integer(8, one);
  return message.integer(20, ATTRIBUTE.ints);
}

/** TensorProto, its numbers as little-endian bytes. */
function tensorOf({ type, shape, values }: OnnxTensor, name?: string): Message {
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  message.integer(2, ONNX_TYPES[type]);
  if (name !== undefined) message.bytes(8, name);
  return message.bytes(9, rawOf(type, values));
}

function rawOf(type: OnnxType, values: ArrayLike<number>): Uint8Array {
  const made = {
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(Array.from(values, BigInt)),
    float16: () => Uint16Array.from(values),
    int8: () => Int8Array.from(values),
    uint8: () => Uint8Array.from(values),
    bool: () => Uint8Array.from(values),
  }[type]();
  return new Uint8Array(made.buffer);
}

/** ValueInfoProto of `[rows, width]`. */
function valueOf({ name, type, width }: OnnxGraph['input']): Message {
  const shape = new Message().bytes(1, new Message().bytes(2, 'rows')).bytes(1, new Message().integer(1, width));
  const tensor = new Message().integer(1, ONNX_TYPES[type]).bytes(2, shape);
  return new Message().bytes(1, name).bytes(2, new Message().bytes(1, tensor));
}
