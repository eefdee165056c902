import { canonical, type Json } from '../../../core/index.js';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';
import type { Graph, GraphNode, GraphType, GraphValue } from './graph.js';

type Work = (tf: Tensorflow, features: Tensor2D) => Tensor2D;

/** The one place through which every operation of TensorFlow.js goes. */
interface Engine {
  runKernel(
    kernel: string,
    inputs: Readonly<Record<string, Tensor>>,
    attributes?: Readonly<Record<string, unknown>>,
  ): Tensor | Tensor[];
}

/**
 * Records the operations that `work` does, for any number of rows: it is run with two and with three of them, and what differs must
 * follow from their number. Throws a RangeError where it does otherwise, or where the answer comes of no operation.
 */
export function recordGraph(tf: Tensorflow, width: number, work: Work): Graph {
  const [two, three] = [2, 3].map((rows) => recordOnce(tf, rows, width, work));
  return prune(anyRows(two!, three!));
}

interface Once {
  readonly rows: number;
  readonly values: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly output: number;
}

function recordOnce(tf: Tensorflow, rows: number, width: number, work: Work): Once {
  const engine = tf.engine() as unknown as Engine;
  const values: GraphValue[] = [];
  const nodes: GraphNode[] = [];
  const places = new Map<number, number>();
  const place = (tensor: Tensor, constant?: GraphValue['constant']): number => {
    values.push({ shape: [...tensor.shape], type: tensor.dtype as GraphType, constant });
    places.set(tensor.id, values.length - 1);
    return values.length - 1;
  };
  const run = engine.runKernel;
  const own = Object.hasOwn(engine, 'runKernel');
  let output: number | undefined;
  try {
    tf.tidy(() => {
      const features = tf.tensor2d(
        Float32Array.from({ length: rows * width }, () => 0),
        [rows, width],
      );
      place(features);
      engine.runKernel = function recorded(this: Engine, kernel, inputs, attributes = {}) {
        const taken = Object.fromEntries(
          Object.entries(inputs)
            .filter(([, tensor]) => tensor !== null && tensor !== undefined)
            .map(([name, tensor]) => [
              name,
              places.get(tensor.id) ?? place(tensor, tensor.dataSync().slice() as Float32Array),
            ]),
        );
        const given = run.call(engine, kernel, inputs, attributes);
        const outputs = (Array.isArray(given) ? given : [given]).map((tensor) => place(tensor));
        nodes.push({ kernel, inputs: taken, attributes: { ...attributes }, outputs });
        return given;
      };
      output = places.get(work(tf, features).id);
    });
  } finally {
    if (own) engine.runKernel = run;
    else delete (engine as Partial<Engine>).runKernel;
  }
  if (output === undefined) throw new RangeError('an answer comes of no operation');
  return { rows, values, nodes, output };
}

/** What is the same of both, with −1 where the number of rows stands. */
function anyRows(a: Once, b: Once): Graph {
  const unlike = (what: string): never => {
    throw new RangeError(`${what} depends on the number of rows`);
  };
  if (a.nodes.length !== b.nodes.length || a.values.length !== b.values.length || a.output !== b.output)
    unlike('which operations are done');
  // A size is the rows, or so many times the rows: it may stand first alone, for there one size is left open.
  const sizes = (one: readonly number[], two: readonly number[], what: string): number[] =>
    one.length !== two.length
      ? unlike(what)
      : one.map((size, i) => {
          const other = two[i]!;
          if (size === other) return size;
          return i === 0 && size * b.rows === other * a.rows ? -1 : unlike(what);
        });
  const values = a.values.map((value, i): GraphValue => {
    const other = b.values[i]!;
    if (value.type !== other.type) unlike('the type of a value');
    if (!value.constant) return { ...value, shape: sizes(value.shape, other.shape, 'a shape') };
    const shape = sizes(value.shape, other.shape, 'the shape of a constant');
    if (shape[0] !== -1) {
      if (!same(value.constant, other.constant!)) unlike('a constant');
      return value;
    }
    // The same for each row: one row says it, and is spread over all.
    const row = value.constant.slice(0, value.constant.length / value.shape[0]!);
    for (const [all, rows] of [
      [value.constant, value.shape[0]!],
      [other.constant!, other.shape[0]!],
    ] as const)
      for (let k = 0; k < rows; k++)
        if (!same(all.subarray(k * row.length, (k + 1) * row.length), row)) unlike('a constant');
    return { ...value, shape: [1, ...shape.slice(1)], constant: row };
  });
  const nodes = a.nodes.map((node, i): GraphNode => {
    const other = b.nodes[i]!;
    if (node.kernel !== other.kernel || canonical(node.inputs) !== canonical(other.inputs)) unlike('an operation');
    const attributes = Object.fromEntries(
      Object.entries(node.attributes).map(([name, given]) => {
        const twice = other.attributes[name];
        const lists = Array.isArray(given) && Array.isArray(twice) && given.every((one) => typeof one === 'number');
        if (lists) return [name, sizes(given as number[], twice as number[], `${name} of ${node.kernel}`)];
        if (canonical((given ?? null) as Json) !== canonical((twice ?? null) as Json))
          unlike(`${name} of ${node.kernel}`);
        return [name, given];
      }),
    );
    return { ...node, attributes };
  });
  return { values, nodes, output: a.output };
}

const same = (one: ArrayLike<number>, two: ArrayLike<number>): boolean =>
  one.length === two.length && Array.from(one).every((value, i) => Object.is(value, two[i]));

/** Without what the answer does not come of. */
function prune({ values, nodes, output }: Graph): Graph {
  const needed = new Set([output]);
  const kept = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((value) => needed.has(value))) return false;
    for (const value of Object.values(node.inputs)) needed.add(value);
    return true;
  });
  return { values, nodes: kept.reverse(), output };
}
