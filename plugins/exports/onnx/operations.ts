import { UserError } from '@trainyard/errors';
import { axesOf, type Graph, type GraphNode } from '../graph/graph.js';
import type { OnnxBuilder } from './builder.js';

interface Written extends GraphNode {
  /** The ONNX value of an input, by its name among those of the kernel. */
  in(name: string): string;
  /** Its sizes; −1 stands for the rows. */
  sizes(name: string): readonly number[];
}

/** Writes an operation of TensorFlow.js as ONNX operations; the name of its output, or of each where there are several. */
type Write = (node: Written, builder: OnnxBuilder) => string | readonly string[];

const binary =
  (op: string): Write =>
  (node, builder) =>
    builder.one(op, [node.in('a'), node.in('b')]);

const unary =
  (op: string): Write =>
  (node, builder) =>
    builder.one(op, [node.in('x')]);

/** Over some of the axes, all of them where none is named. */
const reduced =
  (op: string): Write =>
  (node, builder) => {
    const axes = builder.integers(axesOf(node, node.sizes('x').length));
    return builder.one(op, [node.in('x'), axes], { keepdims: { i: node.attributes['keepDims'] === true ? 1 : 0 } });
  };

const listed = (node: Written): string[] =>
  Object.keys(node.inputs)
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => node.in(name));

const transposed = (builder: OnnxBuilder, value: string, perm: readonly number[]): string =>
  builder.one('Transpose', [value], { perm: { ints: perm } });

/** Pictures stand with their channels last here, and first in ONNX. */
const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

const pair = (size: number | readonly number[]): readonly number[] => (typeof size === 'number' ? [size, size] : size);
const padding = (pad: string): { s: string } => ({ s: pad === 'same' ? 'SAME_UPPER' : 'VALID' });

const pooled =
  (op: string): Write =>
  (node, builder) => {
    const { filterSize, strides, pad } = node.attributes as { filterSize: number; strides: number; pad: string };
    const made = builder.one(op, [transposed(builder, node.in('x'), TO_FIRST)], {
      kernel_shape: { ints: pair(filterSize) },
      strides: { ints: pair(strides) },
      auto_pad: padding(pad),
    });
    return transposed(builder, made, TO_LAST);
  };

/** Pieces along an axis: of one size where their number is given, else of these sizes. */
function split(builder: OnnxBuilder, value: string, axis: number, into: number | readonly number[]): string[] {
  const at = { axis: { i: axis } };
  return typeof into === 'number'
    ? builder.add('Split', [value], { ...at, num_outputs: { i: into } }, { outputs: into })
    : builder.add('Split', [value, builder.integers(into)], at, { outputs: into.length });
}

/** The last two axes the other way round. */
function turned(builder: OnnxBuilder, value: string, rank: number): string {
  const perm = Array.from({ length: rank }, (_, i) => i);
  return transposed(builder, value, [...perm.slice(0, -2), rank - 1, rank - 2]);
}

/** By the names of the kernels of TensorFlow.js. */
export const OPERATIONS: Readonly<Record<string, Write>> = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Greater: binary('Greater'),
  GreaterEqual: binary('GreaterOrEqual'),
  Less: binary('Less'),
  LessEqual: binary('LessOrEqual'),
  Equal: binary('Equal'),
  LogicalAnd: binary('And'),
  Identity: unary('Identity'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Floor: unary('Floor'),
  Sqrt: unary('Sqrt'),
  Rsqrt: (node, builder) => builder.one('Reciprocal', [builder.one('Sqrt', [node.in('x')])]),
  Square: (node, builder) => builder.one('Mul', [node.in('x'), node.in('x')]),
  Relu: unary('Relu'),
  Elu: unary('Elu'),
  Erf: unary('Erf'),
  Tanh: unary('Tanh'),
  Sigmoid: unary('Sigmoid'),
  IsNan: unary('IsNaN'),
  ZerosLike: (node, builder) => {
    const shape = builder.one('Shape', [node.in('x')]);
    return builder.one('ConstantOfShape', [shape], { value: { t: { type: builder.real, shape: [1], values: [0] } } });
  },
  Select: (node, builder) => builder.one('Where', [node.in('condition'), node.in('t'), node.in('e')]),
  Sum: reduced('ReduceSum'),
  Mean: reduced('ReduceMean'),
  Max: reduced('ReduceMax'),
  BatchMatMul: (node, builder) => {
    const { transposeA, transposeB } = node.attributes;
    const a = transposeA === true ? turned(builder, node.in('a'), node.sizes('a').length) : node.in('a');
    const b = transposeB === true ? turned(builder, node.in('b'), node.sizes('b').length) : node.in('b');
    return builder.one('MatMul', [a, b]);
  },
  Reshape: (node, builder) =>
    builder.one('Reshape', [node.in('x'), builder.integers(node.attributes['shape'] as number[])]),
  Transpose: (node, builder) => transposed(builder, node.in('x'), node.attributes['perm'] as number[]),
  Slice: (node, builder) => {
    const { begin, size } = node.attributes as { begin: number[]; size: number[] };
    const end = begin.map((from, i) => (size[i] === -1 ? 2 ** 31 - 1 : from + size[i]!));
    const axes = begin.map((_, i) => i);
    return builder.one('Slice', [node.in('x'), ...[begin, end, axes].map((list) => builder.integers(list))]);
  },
  Concat: (node, builder) => builder.one('Concat', listed(node), { axis: { i: node.attributes['axis'] as number } }),
  Pack: (node, builder) => {
    const axis = node.attributes['axis'] as number;
    const at = builder.integers([axis]);
    const apart = listed(node).map((value) => builder.one('Unsqueeze', [value, at]));
    return builder.one('Concat', apart, { axis: { i: axis } });
  },
  Unpack: (node, builder) => {
    const axis = node.attributes['axis'] as number;
    const at = builder.integers([axis]);
    const pieces = split(builder, node.in('value'), axis, node.outputs.length);
    return pieces.map((piece) => builder.one('Squeeze', [piece, at]));
  },
  SplitV: (node, builder) => {
    const { axis, numOrSizeSplits } = node.attributes as { axis: number; numOrSizeSplits: number | number[] };
    return split(builder, node.in('x'), axis, numOrSizeSplits);
  },
  GatherV2: (node, builder) =>
    builder.one('Gather', [node.in('x'), node.in('indices')], { axis: { i: node.attributes['axis'] as number } }),
  Cast: (node, builder) => {
    const to = { float32: builder.real === 'float64' ? 11 : 1, int32: 6, bool: 9 }[node.attributes['dtype'] as 'bool'];
    return builder.one('Cast', [node.in('x')], { to: { i: to } });
  },
  Conv2D: (node, builder) => {
    const { strides, pad } = node.attributes as { strides: number | number[]; pad: string };
    const made = builder.one(
      'Conv',
      [transposed(builder, node.in('x'), TO_FIRST), transposed(builder, node.in('filter'), [3, 2, 0, 1])],
      { strides: { ints: pair(strides) }, auto_pad: padding(pad) },
    );
    return transposed(builder, made, TO_LAST);
  },
  MaxPool: pooled('MaxPool'),
  AvgPool: pooled('AveragePool'),
  TopK: (node, builder) => {
    const k = builder.integers([node.attributes['k'] as number]);
    const [values, places] = builder.add('TopK', [node.in('x'), k], { axis: { i: -1 } }, { outputs: 2 });
    return [values!, builder.one('Cast', [places!], { to: { i: 6 } })];
  },
};

/** Adds a recorded graph whose input is `input`; the value of its answers. Throws a UserError for an operation that has no counterpart here. */
export function addGraph(builder: OnnxBuilder, graph: Graph, input: string): string {
  const names = new Map<number, string>([[0, input]]);
  const nameOf = (at: number): string => {
    const known = names.get(at);
    if (known !== undefined) return known;
    const { constant, shape, type } = graph.values[at]!;
    const name = builder.constant({ type: type === 'float32' ? builder.real : type, shape, values: constant! });
    names.set(at, name);
    return name;
  };
  for (const node of graph.nodes) {
    const write = OPERATIONS[node.kernel];
    if (!write)
      throw new UserError(`ONNX is not written with the operation ${node.kernel}`, {
        expected: Object.keys(OPERATIONS).join(', '),
        remedy: 'export the model in another format',
      });
    const read = (name: string): number => node.inputs[name]!;
    const given = write(
      { ...node, in: (name) => nameOf(read(name)), sizes: (name) => graph.values[read(name)]!.shape },
      builder,
    );
    [given].flat().forEach((value, k) => names.set(node.outputs[k]!, value));
  }
  return nameOf(graph.output);
}
