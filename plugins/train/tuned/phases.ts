import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../../core/index.js';
import type { NodeContext } from '../../../worker/index.js';
import { curvesFigures } from '../contract.js';

/** What the first phase ended with: all that the second needs of it. */
export interface HeadOutcome {
  /** Says what was trained how: that of another training is not taken up. */
  readonly fingerprint: string;
  readonly parameters: Float32Array;
  /** What was spent until it ended, in ms: budgets hold over phases and attempts. */
  readonly spentMs: number;
  /** Facts of its training, for the model's card. */
  readonly training: Readonly<Record<string, Json>>;
  readonly libraries: Readonly<Record<string, string>>;
  readonly curves: { readonly value: z.output<typeof curvesFigures>; readonly files: Readonly<Record<string, string>> };
}

const FORMAT = 'trainyard.phases/2';

const headerSchema = z.object({
  format: z.literal(FORMAT),
  fingerprint: z.string(),
  parameters: z.number().int().nonnegative(),
  spentMs: z.number().nonnegative(),
  training: z.record(z.string(), z.json()),
  libraries: z.record(z.string(), z.string()),
  curves: z.object({ value: curvesFigures, files: z.record(z.string(), z.string()) }),
});

const WORDS = 32 + 4;

/** SHA-256 of the rest, length of the header, header as JSON, the head's parameters, and the checkpoint of the second phase. */
export function packPhase({ parameters, ...rest }: HeadOutcome, inner: Uint8Array): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...rest, parameters: parameters.length }));
  const bytes = new Uint8Array(WORDS + header.length + parameters.length * 4 + inner.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(32, header.length, true);
  bytes.set(header, WORDS);
  parameters.forEach((value, i) => view.setFloat32(WORDS + header.length + i * 4, value, true));
  bytes.set(inner, WORDS + header.length + parameters.length * 4);
  bytes.set(createHash('sha256').update(bytes.subarray(32)).digest(), 0);
  return bytes;
}

/** What the first phase ended with and where the second stands; undefined where the bytes are of the first, damaged, or of another training. */
export function unpackPhase(
  bytes: Uint8Array,
  fingerprint: string,
): { readonly outcome: HeadOutcome; readonly inner: Uint8Array } | undefined {
  if (bytes.length < WORDS || !createHash('sha256').update(bytes.subarray(32)).digest().equals(bytes.subarray(0, 32)))
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(32, true);
  const parsed = headerSchema.safeParse(jsonOf(bytes.subarray(WORDS, WORDS + size)));
  if (!parsed.success || parsed.data.fingerprint !== fingerprint) return undefined;
  const { format: _, ...said } = parsed.data;
  const from = WORDS + size;
  const parameters = Float32Array.from({ length: parsed.data.parameters }, (_, i) =>
    view.getFloat32(from + i * 4, true),
  );
  return {
    outcome: { ...said, parameters, training: said.training as Readonly<Record<string, Json>> },
    inner: bytes.subarray(from + parameters.length * 4),
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The node's surroundings as one phase sees them: a checkpoint of its own, and its steps behind those before. */
export function phaseOf(
  ctx: NodeContext,
  name: string,
  checkpoint: NodeContext['checkpoint'],
  share: readonly [from: number, to: number],
  stepsBefore: number,
): NodeContext {
  const scratch = join(ctx.scratch, name);
  mkdirSync(scratch, { recursive: true });
  const [from, to] = share;
  return Object.create(ctx, {
    scratch: { value: scratch },
    checkpoint: { value: checkpoint },
    log: { value: (message: string) => ctx.log(`${name}: ${message}`) },
    progress: {
      value: (done: number, said?: string) => ctx.progress(from + done * (to - from), said && `${name}: ${said}`),
    },
    report: {
      value: (step: number, value: Parameters<NodeContext['report']>[1]) => ctx.report(stepsBefore + step, value),
    },
  }) as NodeContext;
}
