import { createHash } from 'node:crypto';
import { z } from 'zod';

const FORMAT = 'trainyard.trees-checkpoint/1';

const iterationSchema = z.object({
  iteration: z.number().int(),
  /** Null where it is no number. */
  trainLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
});

/** One iteration of boosting, as it was seen. */
export type Iteration = Readonly<z.output<typeof iterationSchema>>;

const stopSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('iterations') }),
  z.object({ kind: z.literal('patience'), iterations: z.number().int() }),
  z.object({ kind: z.literal('no split'), iteration: z.number().int() }),
]);

/** Why growing ended. */
export type Stop = Readonly<z.output<typeof stopSchema>>;

const schema = z.object({
  format: z.literal(FORMAT),
  fingerprint: z.string(),
  segments: z.array(z.string()),
  iterations: z.array(iterationSchema),
  best: z.number().int(),
  stop: stopSchema.optional(),
});

/** A training between two segments, or at its end: with the seed, everything that decides how it goes on. */
export interface Checkpoint {
  /** Says what is trained how; a checkpoint of another training is not taken up. */
  readonly fingerprint: string;
  /** The model texts of the segments. */
  readonly segments: readonly string[];
  readonly iterations: readonly Iteration[];
  /** The best iteration, from 1. */
  readonly best: number;
  /** Of one that is done, why it ended. */
  readonly stop?: Stop | undefined;
}

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Bytes: SHA-256 of the rest as 64 signs, then JSON. Numbers survive bit for bit. */
export function packCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const text = JSON.stringify({ format: FORMAT, ...checkpoint });
  return new TextEncoder().encode(sum(text) + text);
}

/** A checkpoint from its bytes, or why it cannot be taken up. */
export function unpackCheckpoint(bytes: Uint8Array, fingerprint: string): Checkpoint | { readonly refused: string } {
  const whole = new TextDecoder().decode(bytes);
  const text = whole.slice(64);
  if (sum(text) !== whole.slice(0, 64)) return { refused: 'it is damaged' };
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) return { refused: 'it is of another version' };
  if (parsed.data.fingerprint !== fingerprint) return { refused: 'it is of another training' };
  return parsed.data;
}
