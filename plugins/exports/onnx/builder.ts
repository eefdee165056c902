import type { Precision } from '../../../models/index.js';
import { float16Array } from '../small/float16.js';
import { quantizedByChannel } from '../small/int8.js';
import { ONNX_TYPES } from './model.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './model.js';

type Small = { readonly values: ArrayLike<number>; readonly scales?: Float32Array };

const SMALL: Readonly<Record<Precision, (values: ArrayLike<number>, shape: readonly number[]) => Small | undefined>> = {
  float16: (values) => {
    const halves = float16Array(values);
    return halves && { values: halves };
  },
  int8: (values, shape) => quantizedByChannel(values, shape.at(-1)!),
};

/** A graph in the making: operations in their order, and the constants that they take. */
export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: Record<string, OnnxTensor> = {};
  #names = 0;

  /** `real`: the type of real numbers, which constants of TensorFlow.js are written in; `precision` that of weights in the file. */
  constructor(
    readonly real: 'float32' | 'float64',
    readonly precision?: Precision,
  ) {}

  /** Adds an operation; the names of its outputs. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    more: { readonly domain?: string; readonly outputs?: number } = {},
  ): string[] {
    const outputs = Array.from({ length: more.outputs ?? 1 }, () => `v${this.#names++}`);
    this.nodes.push({ op, domain: more.domain ?? '', inputs, outputs, attributes });
    return outputs;
  }

  /** As `add`, of one output. */
  one(op: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.add(op, inputs, attributes)[0]!;
  }

  constant(tensor: OnnxTensor): string {
    return this.#small(tensor) ?? this.#kept(tensor);
  }

  #kept(tensor: OnnxTensor): string {
    const name = `c${this.#names++}`;
    this.constants[name] = tensor;
    return name;
  }

  /** Weights of less precision, made single again when they are read; undefined for what stays as it is. */
  #small({ type, shape, values }: OnnxTensor): string | undefined {
    // Thresholds and biases take little room, and a whole answer may hang on one.
    if (this.precision === undefined || type !== 'float32' || shape.length < 2) return undefined;
    const small = SMALL[this.precision](values, shape);
    if (small === undefined) return undefined;
    const stored = this.#kept({ type: this.precision, shape, values: small.values });
    if (!small.scales) return this.one('Cast', [stored], { to: { i: ONNX_TYPES.float32 } });
    const scales = this.#kept({ type: 'float32', shape: [small.scales.length], values: small.scales });
    return this.one('DequantizeLinear', [stored, scales], { axis: { i: shape.length - 1 } });
  }

  integers(values: readonly number[]): string {
    return this.constant({ type: 'int64', shape: [values.length], values });
  }

  number(value: number): string {
    return this.constant({ type: this.real, shape: [], values: [value] });
  }

  /** The graph whose answers are this value, under a name. */
  finish(value: string, input: OnnxGraph['input'], output: OnnxGraph['output']): OnnxGraph {
    const last: OnnxNode = { op: 'Identity', domain: '', inputs: [value], outputs: [output.name], attributes: {} };
    return { nodes: [...this.nodes, last], constants: this.constants, input, output };
  }
}
