/** Types of numbers in a graph. */
export type GraphType = 'float32' | 'int32' | 'bool';

/** A value of a graph: what goes in, a constant, or what an operation gives. */
export interface GraphValue {
  /** −1 stands for the rows, or a multiple of them. */
  readonly shape: readonly number[];
  readonly type: GraphType;
  /** Its numbers, of a constant. */
  readonly constant?: Float32Array | Int32Array | Uint8Array | undefined;
}

/** An operation of TensorFlow.js by the name and the attributes that its kernels go by; inputs and outputs are places among the values. */
export interface GraphNode {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, number>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly number[];
}

/** Arithmetic of any number of rows, as operations in their order. Value 0 is what goes in, `[rows, width]`. */
export interface Graph {
  readonly values: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  /** The answers, `[rows, outputs]`. */
  readonly output: number;
}

/** The axes that an operation sums, averages or looks for the largest over: all where none is named. */
export function axesOf({ attributes }: GraphNode, rank: number): number[] {
  const given = (attributes['axis'] ?? attributes['reductionIndices']) as number | readonly number[] | null | undefined;
  return given === undefined || given === null ? Array.from({ length: rank }, (_, i) => i) : [given].flat();
}
