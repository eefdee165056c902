import type { DataTypeMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';

/** A tensor as kernels hand it on. */
export interface TensorInfo {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string' | 'complex64';
}

/** An attribute of an operation, its type as the binding numbers them. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of the native backend that every kernel of it ends in, and the part that runs saved graphs. */
export interface NativeBackend {
  readonly binding: Readonly<Record<string, number>>;
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: TensorInfo[]): TensorInfo;
  executeMultipleOutputs(name: string, attributes: OpAttribute[], inputs: TensorInfo[], outputs: number): TensorInfo[];
  readSync(dataId: object): DataTypeMap['float32'] | DataTypeMap['int32'];
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(session: number, inputs: Tensor[], infos: { name: string }[], outputs: string[]): Tensor[];
  deleteSavedModel(session: number): void;
}

/** TensorFlow's own backend, or why there is none. */
export function nativeBackend(tf: Tensorflow): NativeBackend | { readonly reason: string } {
  const backend = tf.backend() as unknown as Partial<NativeBackend>;
  const whole =
    tf.getBackend() === 'tensorflow' &&
    typeof backend.executeSingleOutput === 'function' &&
    typeof backend.executeMultipleOutputs === 'function' &&
    typeof backend.runSavedModel === 'function';
  return whole ? (backend as NativeBackend) : { reason: `the backend ${tf.getBackend()} runs no graphs` };
}
