import { axesOf, type GraphNode, type GraphType } from '../graph/graph.js';
import type { Attribute, GraphWriter } from './writer.js';

/** Writes an operation of TensorFlow.js as TensorFlow's own; the name that its first output has: TensorFlow names further ones after it. */
type Write = (node: GraphNode, writer: GraphWriter) => string;

const T = (type: GraphType): Readonly<Record<string, Attribute>> => ({ T: { type } });
const INDEX: Readonly<Record<string, Attribute>> = { Tidx: { type: 'int32' } };

/** The type of the first input, which most operations are of. */
const typeOf = ({ inputs }: GraphNode, writer: GraphWriter): GraphType => writer.value(Object.values(inputs)[0]!).type;

/** The same operation of the inputs of these names. */
const plain =
  (op: string, names: readonly string[], typed = true): Write =>
  (node, writer) =>
    writer.add(
      op,
      names.map((name) => writer.source(node.inputs[name]!)),
      typed ? T(typeOf(node, writer)) : {},
    );

/** Over some of the axes, all of them where none is named. */
const reduced =
  (op: string): Write =>
  (node, writer) => {
    const axes = axesOf(node, writer.value(node.inputs['x']!).shape.length);
    return writer.add(op, [writer.source(node.inputs['x']!), writer.integers(axes)], {
      ...T(typeOf(node, writer)),
      ...INDEX,
      keep_dims: { b: node.attributes['keepDims'] === true },
    });
  };

/** Its inputs by the numbers that they are called. */
const listed = (node: GraphNode, writer: GraphWriter): string[] =>
  Object.entries(node.inputs)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, at]) => writer.source(at));

const pooled =
  (op: string): Write =>
  (node, writer) => {
    const { filterSize, strides, pad } = node.attributes as { filterSize: number; strides: number; pad: string };
    const four = (size: number | readonly number[]): number[] => {
      const [height, width] = [size, size].flat() as [number, number];
      return [1, height, typeof size === 'number' ? size : width, 1];
    };
    return writer.add(op, [writer.source(node.inputs['x']!)], {
      ...T(typeOf(node, writer)),
      ksize: { ints: four(filterSize) },
      strides: { ints: four(strides) },
      padding: { s: pad.toUpperCase() },
      data_format: { s: 'NHWC' },
    });
  };

const ab = ['a', 'b'];
const x = ['x'];

/** By the names of the kernels of TensorFlow.js. */
export const OPERATIONS: Readonly<Record<string, Write>> = {
  Add: plain('AddV2', ab),
  Sub: plain('Sub', ab),
  Multiply: plain('Mul', ab),
  RealDiv: plain('RealDiv', ab),
  Maximum: plain('Maximum', ab),
  Minimum: plain('Minimum', ab),
  Greater: plain('Greater', ab),
  GreaterEqual: plain('GreaterEqual', ab),
  Less: plain('Less', ab),
  LessEqual: plain('LessEqual', ab),
  Equal: plain('Equal', ab),
  LogicalAnd: plain('LogicalAnd', ab, false),
  Identity: plain('Identity', x),
  Exp: plain('Exp', x),
  Log: plain('Log', x),
  Neg: plain('Neg', x),
  Abs: plain('Abs', x),
  Floor: plain('Floor', x),
  Sqrt: plain('Sqrt', x),
  Rsqrt: plain('Rsqrt', x),
  Square: plain('Square', x),
  Relu: plain('Relu', x),
  Elu: plain('Elu', x),
  Erf: plain('Erf', x),
  Tanh: plain('Tanh', x),
  Sigmoid: plain('Sigmoid', x),
  IsNan: plain('IsNan', x),
  ZerosLike: plain('ZerosLike', x),
  Select: (node, writer) =>
    writer.add(
      'SelectV2',
      ['condition', 't', 'e'].map((name) => writer.source(node.inputs[name]!)),
      T(writer.value(node.inputs['t']!).type),
    ),
  Sum: reduced('Sum'),
  Mean: reduced('Mean'),
  Max: reduced('Max'),
  BatchMatMul: (node, writer) =>
    writer.add(
      'BatchMatMulV2',
      ab.map((name) => writer.source(node.inputs[name]!)),
      {
        ...T(typeOf(node, writer)),
        adj_x: { b: node.attributes['transposeA'] === true },
        adj_y: { b: node.attributes['transposeB'] === true },
      },
    ),
  Reshape: (node, writer) =>
    writer.add('Reshape', [writer.source(node.inputs['x']!), writer.integers(node.attributes['shape'] as number[])], {
      ...T(typeOf(node, writer)),
      Tshape: { type: 'int32' },
    }),
  Transpose: (node, writer) =>
    writer.add('Transpose', [writer.source(node.inputs['x']!), writer.integers(node.attributes['perm'] as number[])], {
      ...T(typeOf(node, writer)),
      Tperm: { type: 'int32' },
    }),
  Slice: (node, writer) => {
    const { begin, size } = node.attributes as { begin: number[]; size: number[] };
    return writer.add('Slice', [writer.source(node.inputs['x']!), writer.integers(begin), writer.integers(size)], {
      ...T(typeOf(node, writer)),
      Index: { type: 'int32' },
    });
  },
  Concat: (node, writer) => {
    const axis = writer.constant({
      type: 'int32',
      shape: [],
      values: Int32Array.of(node.attributes['axis'] as number),
    });
    const inputs = listed(node, writer);
    return writer.add('ConcatV2', [...inputs, axis], {
      ...T(typeOf(node, writer)),
      ...INDEX,
      N: { i: inputs.length },
    });
  },
  Pack: (node, writer) => {
    const inputs = listed(node, writer);
    return writer.add('Pack', inputs, {
      ...T(typeOf(node, writer)),
      axis: { i: node.attributes['axis'] as number },
      N: { i: inputs.length },
    });
  },
  Unpack: (node, writer) =>
    writer.add('Unpack', [writer.source(node.inputs['value']!)], {
      ...T(typeOf(node, writer)),
      axis: { i: node.attributes['axis'] as number },
      num: { i: node.outputs.length },
    }),
  SplitV: (node, writer) => {
    const { axis, numOrSizeSplits: into } = node.attributes as { axis: number; numOrSizeSplits: number | number[] };
    const value = writer.source(node.inputs['x']!);
    const along = writer.constant({ type: 'int32', shape: [], values: Int32Array.of(axis) });
    const attributes = { ...T(typeOf(node, writer)), num_split: { i: node.outputs.length } };
    return typeof into === 'number'
      ? writer.add('Split', [along, value], attributes)
      : writer.add('SplitV', [value, writer.integers(into), along], { ...attributes, Tlen: { type: 'int32' } });
  },
  GatherV2: (node, writer) => {
    const axis = writer.constant({
      type: 'int32',
      shape: [],
      values: Int32Array.of(node.attributes['axis'] as number),
    });
    return writer.add('GatherV2', [writer.source(node.inputs['x']!), writer.source(node.inputs['indices']!), axis], {
      Tparams: { type: writer.value(node.inputs['x']!).type },
      Tindices: { type: 'int32' },
      Taxis: { type: 'int32' },
      batch_dims: { i: 0 },
    });
  },
  Cast: (node, writer) =>
    writer.add('Cast', [writer.source(node.inputs['x']!)], {
      SrcT: { type: typeOf(node, writer) },
      DstT: { type: writer.value(node.outputs[0]!).type },
    }),
  Conv2D: (node, writer) => {
    const { strides, pad } = node.attributes as { strides: number | [number, number]; pad: string };
    const [high, wide] = typeof strides === 'number' ? [strides, strides] : strides;
    return writer.add('Conv2D', [writer.source(node.inputs['x']!), writer.source(node.inputs['filter']!)], {
      ...T(typeOf(node, writer)),
      strides: { ints: [1, high, wide, 1] },
      padding: { s: pad.toUpperCase() },
      data_format: { s: 'NHWC' },
      dilations: { ints: [1, 1, 1, 1] },
    });
  },
  MaxPool: pooled('MaxPool'),
  AvgPool: pooled('AvgPool'),
  TopK: (node, writer) => {
    const { k, sorted } = node.attributes as { k: number; sorted: boolean };
    const count = writer.constant({ type: 'int32', shape: [], values: Int32Array.of(k) });
    return writer.add('TopKV2', [writer.source(node.inputs['x']!), count], {
      ...T(typeOf(node, writer)),
      sorted: { b: sorted },
    });
  },
};
