import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './model.js';

/** A graph in the making: operations in their order, and the constants that they take. */
export class OnnxBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: Record<string, OnnxTensor> = {};
  #names = 0;

  /** `real`: the type of real numbers, which constants of TensorFlow.js are written in. */
  constructor(readonly real: 'float32' | 'float64') {}

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
    const name = `c${this.#names++}`;
    this.constants[name] = tensor;
    return name;
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
