import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Json } from '../../../core/index.js';
import type { Tensorflow } from '../../kit/tensorflow.js';
import {
  modelKind,
  packTensors,
  TENSORS_FILE,
  tensorPlaces,
  unpackTensors,
  type FileContent,
  type ModelKind,
  type ModelTask,
  type Portable,
  type Scorer,
  type Tensor,
  type Tensors,
} from '../../../models/index.js';

/** Settings of a kind whose models are an architecture and tensors. */
export interface TensorSettings<Architecture> {
  readonly architecture: Architecture;
  readonly tensors: z.output<typeof tensorPlaces>;
}

/** A kind of model that is an architecture and tensors in one file. */
export function tensorKind<Architecture>(spec: {
  readonly name: string;
  readonly title: string;
  /** Types of tasks that its models may have; classification where it is left out. */
  readonly tasks?: ModelKind['tasks'];
  readonly architecture: z.ZodType<Architecture>;
  /** Whether its models take missing values. */
  readonly missing?: boolean;
  open(architecture: Architecture, tensors: Tensors, task: ModelTask): Scorer | Promise<Scorer>;
  /** As that of a kind. */
  portable?(architecture: Architecture, tensors: Tensors, task: ModelTask): Portable;
}): ModelKind<TensorSettings<Architecture>> {
  const { name, title, tasks = ['classification'], missing = false, architecture, open, portable } = spec;
  return modelKind({
    name,
    title,
    tasks,
    missing,
    settings: z.object({ architecture, tensors: tensorPlaces }) as unknown as z.ZodType<TensorSettings<Architecture>>,
    open: async ({ settings, bytes, task }) =>
      open(settings.architecture, unpackTensors(settings.tensors, await bytes(TENSORS_FILE)), task),
    ...(portable && {
      portable: async ({ settings, bytes, task }) =>
        portable(settings.architecture, unpackTensors(settings.tensors, await bytes(TENSORS_FILE)), task),
    }),
  });
}

/** What such a model's card and files hold. */
export function tensorParts(
  architecture: Json,
  tensors: Tensors,
): { readonly settings: Json; readonly files: Readonly<Record<string, FileContent>> } {
  const { places, bytes } = packTensors(tensors);
  return { settings: { architecture, tensors: places as unknown as Json }, files: { [TENSORS_FILE]: bytes } };
}

/** A kept tensor as a constant of single precision among operations. */
export const constantOf = (tf: Tensorflow, { shape, values }: Tensor, as: readonly number[] = shape): Tensor2D =>
  tf.tensor<Rank.R2>(Float32Array.from(values), [...as] as [number, number]);
