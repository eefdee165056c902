import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { DAMAGED, MODEL_FILES } from './card.js';

/** An array of numbers with its shape, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** The file that holds a kind's tensors. */
export const TENSORS_FILE = 'weights.bin';

/** Where each tensor stands in `weights.bin`: little-endian, row-major, at a byte offset that is a multiple of 8. */
export const tensorPlaces = z.array(
  z.object({
    name: z.string(),
    dtype: z.enum(['float32', 'float64']),
    shape: z.array(z.number().int().nonnegative()),
    offset: z.number().int().nonnegative(),
  }),
);
type TensorPlace = z.output<typeof tensorPlaces>[number];

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const BYTES = { float32: 4, float64: 8 } as const;

/** Lays tensors out one after the other, each at a multiple of 8 bytes, little-endian. Throws on values that are not finite. */
export function packTensors(tensors: Tensors): { places: TensorPlace[]; bytes: Uint8Array } {
  const places: TensorPlace[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    if (values.length !== sizeOf(shape))
      throw new RangeError(`tensor ${name}: ${values.length} values for shape [${shape.join(', ')}]`);
    const dtype = values instanceof Float32Array ? 'float32' : 'float64';
    places.push({ name, dtype, shape: [...shape], offset });
    offset += Math.ceil(values.byteLength / 8) * 8;
  }
  const bytes = new Uint8Array(offset);
  const view = new DataView(bytes.buffer);
  for (const place of places) {
    const { values } = tensors[place.name]!;
    values.forEach((value: number, i: number) => {
      if (!Number.isFinite(value)) throw new RangeError(`tensor ${place.name} holds ${value} at ${i}`);
      if (place.dtype === 'float32') view.setFloat32(place.offset + i * 4, value, true);
      else view.setFloat64(place.offset + i * 8, value, true);
    });
  }
  return { places, bytes };
}

/** The tensors of a weights file. Throws a UserError when the file is shorter or longer than its places say. */
export function unpackTensors(places: readonly TensorPlace[], bytes: Uint8Array): Tensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = places.reduce(
    (most, p) => Math.max(most, p.offset + Math.ceil((sizeOf(p.shape) * BYTES[p.dtype]) / 8) * 8),
    0,
  );
  if (end !== bytes.byteLength) {
    throw new UserError("the model's weights are not whole", {
      where: { file: TENSORS_FILE },
      expected: `${end} bytes`,
      actual: `${bytes.byteLength} bytes`,
      remedy: DAMAGED,
    });
  }
  const entries = places.map(({ name, dtype, shape, offset }): [string, Tensor] => {
    const size = sizeOf(shape);
    const values = dtype === 'float32' ? new Float32Array(size) : new Float64Array(size);
    for (let i = 0; i < size; i++)
      values[i] = dtype === 'float32' ? view.getFloat32(offset + i * 4, true) : view.getFloat64(offset + i * 8, true);
    return [name, { shape, values }];
  });
  return Object.fromEntries(entries);
}

/** A tensor that a kind needs, of the shape that it expects; -1 stands for any length. */
export function tensorOf(tensors: Tensors, name: string, shape: readonly number[]): Tensor {
  const tensor = tensors[name];
  const fits =
    tensor?.shape.length === shape.length && shape.every((size, i) => size === -1 || size === tensor.shape[i]);
  if (tensor && fits) return tensor;
  throw unfit(`tensor "${name}" does not fit the model's architecture`, {
    expected: `shape [${shape.map((size) => (size === -1 ? 'any' : size)).join(', ')}]`,
    actual: tensor ? `[${tensor.shape.join(', ')}]` : 'no such tensor',
  });
}

/** A model whose parts contradict each other. */
export function unfit(what: string, parts: { expected?: string; actual?: string } = {}): UserError {
  return new UserError(what, { where: { file: MODEL_FILES.card }, remedy: DAMAGED, ...parts });
}
