import { open, stat } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import type { PretrainedFiles, StoredTensor } from '../../../models/index.js';

/** Bytes of a number, and how it is read. */
const DTYPES: Readonly<Record<string, { readonly bytes: number; read(view: DataView, at: number): number }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => half(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => brain(view.getUint16(at, true)) },
};

const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const header = z.record(z.string(), z.union([entry, z.record(z.string(), z.string())]));

/** The longest header that the format allows. */
const LONGEST = 100_000_000;

/**
 * The tensors of a safetensors file (https://github.com/huggingface/safetensors): their names and shapes at once, their numbers
 * when asked for. Throws a UserError for a file that is none, or cut short. Whole numbers, such as positions, are left out.
 */
export async function readSafetensors(
  files: PretrainedFiles,
  file: string,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const path = await files.path(file);
  const { size } = await stat(path);
  const part = async (from: number, bytes: number): Promise<Uint8Array> => {
    const handle = await open(path);
    try {
      const into = new Uint8Array(bytes);
      const { bytesRead } = await handle.read(into, 0, bytes, from);
      if (bytesRead < bytes) throw cut(file, `${from + bytes} bytes`, `${from + bytesRead} bytes`);
      return into;
    } finally {
      await handle.close();
    }
  };
  if (size < 8) throw cut(file, '8 bytes and a header', `${size} bytes`);
  const length = Number(new DataView((await part(0, 8)).buffer).getBigUint64(0, true));
  if (length > LONGEST || 8 + length > size) throw cut(file, `a header of ${length} bytes`, `${size} bytes in all`);
  const parsed = header.safeParse(jsonOf(await part(8, length)));
  if (!parsed.success) throw cut(file, 'a header that names tensors', 'another');
  const begin = 8 + length;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, said] of Object.entries(parsed.data)) {
    if (name === '__metadata__' || !('data_offsets' in said)) continue;
    const { dtype, shape, data_offsets: offsets } = said as z.output<typeof entry>;
    const [from, to] = offsets;
    const kind = DTYPES[dtype];
    if (!kind) continue;
    const count = shape.reduce((a, b) => a * b, 1);
    if (to - from !== count * kind.bytes)
      throw cut(file, `${count * kind.bytes} bytes of ${name}`, `${to - from} bytes`);
    if (begin + to > size) throw cut(file, `${begin + to} bytes`, `${size} bytes`);
    tensors.set(name, {
      name,
      shape,
      values: async () => {
        const bytes = await part(begin + from, to - from);
        const view = new DataView(bytes.buffer);
        const values = new Float32Array(count);
        for (let i = 0; i < count; i++) values[i] = kind.read(view, i * kind.bytes);
        return values;
      },
    });
  }
  return tensors;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a binary32. */
function brain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}

const cut = (file: string, expected: string, actual: string): UserError =>
  new UserError(`${file} is no whole safetensors file`, {
    where: { file },
    expected,
    actual,
    remedy: 'fetch it again, and compare its digest with the one that its origin states',
  });
