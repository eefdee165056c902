import type { Json } from '../../../core/index.js';
import type { Precision } from '../../../models/index.js';
import { float16Array } from '../small/float16.js';
import { quantizedWhole } from '../small/int8.js';
import { INPUT, OUTPUT } from './graph-def.js';
import type { Attribute, NodeDef } from './writer.js';
import type { GraphType } from '../graph/graph.js';

const DTYPES: Readonly<Record<GraphType, string>> = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' };

/** The file that loaders are given, and the one with the constants. */
export const MODEL_FILE = 'model.json';
export const WEIGHTS_FILE = 'group1-shard1of1.bin';

interface Small {
  readonly values: Uint8Array | Uint16Array;
  /** As loaders read it: how the numbers become those of single precision again. */
  readonly quantization: Json;
}

const SMALL: Readonly<Record<Precision, (values: ArrayLike<number>) => Small | undefined>> = {
  float16: (values) => {
    const halves = float16Array(values);
    return halves && { values: halves, quantization: { dtype: 'float16', original_dtype: 'float32' } };
  },
  int8: (values) => {
    const { values: whole, min, scale } = quantizedWhole(values);
    return { values: whole, quantization: { dtype: 'uint8', min, scale, original_dtype: 'float32' } };
  },
};

/** A graph model of TensorFlow.js: its topology as the JSON form of graph.proto, its constants in one file. */
export function graphModelFiles(
  nodes: readonly NodeDef[],
  width: number,
  outputs: number,
  precision?: Precision,
): Readonly<Record<string, Uint8Array | string>> {
  const weights: { name: string; shape: readonly number[]; dtype: GraphType; quantization?: Json }[] = [];
  const bytes: Uint8Array[] = [];
  for (const { name, attributes } of nodes) {
    const constant = attributes['value'];
    if (!constant || !('tensor' in constant)) continue;
    const { type, shape, values } = constant.tensor;
    const small = type === 'float32' && shape.length > 1 && precision ? SMALL[precision](values) : undefined;
    weights.push({ name, shape, dtype: type, ...(small && { quantization: small.quantization }) });
    const stored = small?.values ?? values;
    bytes.push(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
  }
  const tensor = (name: string, size: number): Json => ({
    name: `${name}:0`,
    dtype: DTYPES.float32,
    tensorShape: shapeOf([-1, size]),
  });
  const model = {
    format: 'graph-model',
    generatedBy: 'trainyard',
    convertedBy: null,
    signature: { inputs: { [INPUT]: tensor(INPUT, width) }, outputs: { [OUTPUT]: tensor(OUTPUT, outputs) } },
    modelTopology: {
      node: nodes.map(({ name, op, inputs, attributes }) => ({
        name,
        op,
        input: [...inputs],
        attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)])),
      })),
      library: {},
      versions: {},
    },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights }],
  };
  return { [MODEL_FILE]: `${JSON.stringify(model)}\n`, [WEIGHTS_FILE]: Buffer.concat(bytes) };
}

function attributeOf(value: Attribute): Json {
  if ('s' in value) return { s: Buffer.from(value.s).toString('base64') };
  if ('i' in value) return { i: String(value.i) };
  if ('b' in value) return { b: value.b };
  if ('type' in value) return { type: DTYPES[value.type] };
  if ('shape' in value) return { shape: shapeOf(value.shape) };
  if ('tensor' in value)
    return { tensor: { dtype: DTYPES[value.tensor.type], tensorShape: shapeOf(value.tensor.shape) } };
  return { list: { i: value.ints.map(String) } };
}

const shapeOf = (shape: readonly number[]): Json => ({ dim: shape.map((size) => ({ size: String(size) })) });
