import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Look } from './history.js';

/** Where a training stands within its data. The order of the rows and all chance follow from it and the seed. */
export interface Position {
  /** Epoch in progress, counted from 1. */
  readonly epoch: number;
  /** Steps done in it. */
  readonly steps: number;
  /** Sum of the rows' losses since the last look, each times its weight, */
  readonly loss: number;
  /** and the sum of their weights. */
  readonly weight: number;
}

/** A training between two steps: with the seed, everything that decides how it goes on. */
export interface Checkpoint {
  /** Says what is trained how; a checkpoint of another training is not taken up. */
  readonly fingerprint: string;
  readonly position: Position;
  readonly looks: readonly Look[];
  /** The best look, counted from 1; 0 before the first. */
  readonly bestLook: number;
  /** What was spent so far, in ms: budgets hold over attempts. */
  readonly spentMs?: number | undefined;
  /** Parameters and optimiser state. */
  readonly state: readonly Float32Array[];
  /** Parameters at the best look; empty before the first. */
  readonly best: Float32Array;
}

const FORMAT = 'trainyard.checkpoint/3';

const count = z.number().int().nonnegative();

const lookSchema = z.object({
  epoch: count,
  step: count.optional(),
  trainLoss: z.number(),
  validation: z
    .record(z.string(), z.number())
    .and(z.object({ loss: z.number() }))
    .optional(),
  learningRate: z.number().optional(),
});

const headerSchema = z.object({
  format: z.literal(FORMAT),
  fingerprint: z.string(),
  position: z.object({ epoch: count, steps: count, loss: z.number(), weight: z.number() }),
  looks: z.array(lookSchema),
  bestLook: count,
  spentMs: z.number().nonnegative().optional(),
  lengths: z.array(z.number().int().nonnegative()),
});

/** Bytes: SHA-256 of the rest, length of the header (4 bytes), header as JSON, then all vectors, little-endian. */
export function packCheckpoint({ state, best, ...rest }: Checkpoint): Uint8Array {
  const vectors = [...state, best];
  const header = new TextEncoder().encode(
    JSON.stringify({ format: FORMAT, ...rest, lengths: vectors.map((vector) => vector.length) }),
  );
  const numbers = vectors.reduce((sum, vector) => sum + vector.length, 0);
  const bytes = new Uint8Array(36 + header.length + numbers * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(32, header.length, true);
  bytes.set(header, 36);
  let at = 36 + header.length;
  for (const vector of vectors)
    for (const value of vector) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  bytes.set(createHash('sha256').update(bytes.subarray(32)).digest(), 0);
  return bytes;
}

/** A checkpoint from its bytes, or why it cannot be taken up: damaged, of another version, of another training. */
export function unpackCheckpoint(bytes: Uint8Array, fingerprint: string): Checkpoint | { readonly refused: string } {
  const sum = createHash('sha256').update(bytes.subarray(32)).digest();
  if (bytes.length < 36 || !sum.equals(bytes.subarray(0, 32))) return { refused: 'it is damaged' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(32, true);
  const parsed = headerSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes.subarray(36, 36 + size))));
  if (!parsed.success) return { refused: 'it is of another version' };
  if (parsed.data.fingerprint !== fingerprint) return { refused: 'it is of another training' };
  let at = 36 + size;
  const vectors = parsed.data.lengths.map((length) => {
    const vector = new Float32Array(length);
    for (let i = 0; i < length; i++, at += 4) vector[i] = view.getFloat32(at, true);
    return vector;
  });
  const best = vectors.pop()!;
  const { position, looks, bestLook, spentMs } = parsed.data;
  return {
    fingerprint,
    position,
    looks,
    bestLook,
    ...(spentMs === undefined ? {} : { spentMs }),
    state: vectors,
    best,
  };
}
