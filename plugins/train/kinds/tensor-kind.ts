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
  type Scorer,
  type TaskName,
  type Tensors,
} from '../../../models/index.js';

/** Settings of a kind whose models are an architecture and tensors. */
export interface TensorSettings<Architecture> {
  readonly architecture: Architecture;
  readonly tensors: z.output<typeof tensorPlaces>;
}

/** A kind that is an architecture and tensors in one file: of classifiers, unless said. */
export function tensorKind<Architecture>(spec: {
  readonly name: string;
  readonly title: string;
  readonly architecture: z.ZodType<Architecture>;
  readonly tasks?: readonly TaskName[];
  readonly missing?: boolean;
  open(architecture: Architecture, tensors: Tensors): Scorer | Promise<Scorer>;
}): ModelKind<TensorSettings<Architecture>> {
  const { name, title, architecture, tasks = ['classification'], missing = false, open } = spec;
  return modelKind({
    name,
    title,
    tasks,
    missing,
    settings: z.object({ architecture, tensors: tensorPlaces }) as unknown as z.ZodType<TensorSettings<Architecture>>,
    open: async ({ settings, bytes }) =>
      open(settings.architecture, unpackTensors(settings.tensors, await bytes(TENSORS_FILE))),
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
