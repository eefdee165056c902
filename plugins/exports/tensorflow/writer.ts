import type { GraphType, GraphValue } from '../graph/graph.js';

/** An attribute of an operation, by its case in attr_value.proto. */
export type Attribute =
  | { readonly type: GraphType }
  | { readonly i: number }
  | { readonly b: boolean }
  | { readonly s: string }
  | { readonly ints: readonly number[] }
  | { readonly shape: readonly number[] }
  | { readonly tensor: ConstantValue };

export interface ConstantValue {
  readonly type: GraphType;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** A node of TensorFlow's graphs (node_def.proto). */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What a table of operations writes with. */
export interface GraphWriter {
  /** Adds an operation; its name. The last name of a value is given by `as`. */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>): string;
  /** A constant; its name. */
  constant(value: ConstantValue): string;
  integers(values: readonly number[]): string;
  value(at: number): GraphValue;
  source(at: number): string;
}
