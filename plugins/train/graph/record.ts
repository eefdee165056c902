import type { Tensor } from '@tensorflow/tfjs-core';
import type { NativeBackend, OpAttribute, TensorInfo } from './native.js';

/** Where a value in a recording comes from: `name` or `name:output`. */
export type Source = string;

export interface RecordedOperation {
  readonly name: string;
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly Source[];
}

export interface RecordedConstant {
  readonly name: string;
  readonly dtype: TensorInfo['dtype'];
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** What a function did, in TensorFlow's own vocabulary. */
export interface Recording {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly constants: readonly RecordedConstant[];
  readonly operations: readonly RecordedOperation[];
  readonly outputs: readonly Source[];
}

/**
 * Runs `work` eagerly and records every operation that the native backend executes for it. Tensors that are neither
 * inputs nor made on the way become constants, so `work` must be a pure function of its inputs.
 * Throws a RangeError when an output was made without an operation, or a constant is of a type that is not recorded.
 */
export function record<T>(
  backend: NativeBackend,
  inputs: readonly Tensor[],
  work: () => T,
  outputsOf: (result: T) => readonly Tensor[],
): { result: T; recording: Recording } {
  const sources = new Map<object, Source>(inputs.map((tensor, i) => [tensor.dataId, `in${i}`]));
  const constants: RecordedConstant[] = [];
  const operations: RecordedOperation[] = [];

  const sourceOf = (info: TensorInfo): Source => {
    const known = sources.get(info.dataId);
    if (known !== undefined) return known;
    if (!['float32', 'int32', 'bool'].includes(info.dtype))
      throw new RangeError(`a constant of type ${info.dtype} is not recorded`);
    const name = `const${constants.length}`;
    constants.push({ name, dtype: info.dtype, shape: [...info.shape], values: backend.readSync(info.dataId).slice() });
    sources.set(info.dataId, name);
    return name;
  };
  /**
   * Where a result comes from that is its input as it stands: such an operation only costs time. A cast to the same type is left, though:
   * without what stands between them TensorFlow makes one operation of several, with other bits.
   */
  const unchanged = (op: string, [first]: readonly TensorInfo[], output: TensorInfo): Source | undefined =>
    op === 'Reshape' && output.shape.length > 0 && String(output.shape) === String(first!.shape)
      ? sourceOf(first!)
      : undefined;
  const add = (op: string, attributes: readonly OpAttribute[], given: readonly TensorInfo[]): string => {
    const name = `op${operations.length}`;
    operations.push({ name, op, attributes: [...attributes], inputs: given.map(sourceOf) });
    return name;
  };
  const { executeSingleOutput, executeMultipleOutputs } = backend;
  const hooks: Pick<NativeBackend, 'executeSingleOutput' | 'executeMultipleOutputs'> = {
    executeSingleOutput: (op, attributes, given) => {
      // Before it is computed: what comes from outside is a constant as it is now.
      given.forEach(sourceOf);
      const output = executeSingleOutput.call(backend, op, attributes, given);
      sources.set(output.dataId, unchanged(op, given, output) ?? add(op, attributes, given));
      return output;
    },
    executeMultipleOutputs: (op, attributes, given, count) => {
      const name = add(op, attributes, given);
      const outputs = executeMultipleOutputs.call(backend, op, attributes, given, count);
      outputs.forEach((output, k) => sources.set(output.dataId, k === 0 ? name : `${name}:${k}`));
      return outputs;
    },
  };
  Object.assign(backend, hooks);
  try {
    const result = work();
    const outputs = outputsOf(result).map((tensor) => {
      const source = sources.get(tensor.dataId);
      if (source === undefined) throw new RangeError('an output was made without an operation');
      return source;
    });
    const named = inputs.map((tensor, i) => ({ name: `in${i}`, shape: [...tensor.shape] }));
    return { result, recording: { inputs: named, constants, operations, outputs } };
  } finally {
    Object.assign(backend, { executeSingleOutput, executeMultipleOutputs });
  }
}
