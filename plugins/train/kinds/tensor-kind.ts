import { z } from 'zod';
import type { Json } from '../../../core/index.js';
import {
  modelKind,
  packTensors,
  TENSORS_FILE,
  tensorPlaces,
  unpackTensors,
  type FileContent,
  type ModelKind,
  type ModelTask,
  type Scorer,
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
}): ModelKind<TensorSettings<Architecture>> {
  const { name, title, tasks = ['classification'], missing = false, architecture, open } = spec;
  return modelKind({
    name,
    title,
    tasks,
    missing,
    settings: z.object({ architecture, tensors: tensorPlaces }) as unknown as z.ZodType<TensorSettings<Architecture>>,
    open: async ({ settings, bytes, task }) =>
      open(settings.architecture, unpackTensors(settings.tensors, await bytes(TENSORS_FILE)), task),
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
