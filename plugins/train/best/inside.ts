import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Implementation, NodeContext, OutputArtifact } from '../../../worker/index.js';

/**
 * Runs another node in this process, as a part of this one: its parameters get its defaults, it works in a folder of its own, and what it
 * gives is not stored. Its progress is not told: this node tells its own.
 */
export async function runInside(
  { contract, runtime, program }: Implementation,
  call: { readonly params: object; readonly inputs: object },
  ctx: NodeContext,
  own: { readonly name: string; readonly signal?: AbortSignal; readonly seed?: number },
): Promise<Readonly<Record<string, OutputArtifact>>> {
  const scratch = join(ctx.scratch, own.name);
  await mkdir(scratch, { recursive: true });
  const { seed = ctx.seed, signal = ctx.signal } = own;
  const inside: NodeContext = {
    seed,
    threads: ctx.threads,
    backend: ctx.backend,
    signal,
    scratch,
    device: ctx.device,
    run: ctx.run,
    scope: ctx.scope,
    attempt: ctx.attempt,
    key: ctx.key,
    goesOn: false,
    openedBefore: async () => [],
    log: () => undefined,
    progress: () => undefined,
    report: async () => undefined,
    checkpoint: { save: async () => undefined, load: async () => undefined },
    secret: (name) => ctx.secret(name),
    client: () => ctx.client(),
  };
  const params = contract.spec.params.parse(call.params);
  const inputs = call.inputs as never;
  const given = await runtime.run(program as never, { contract, params, inputs, ctx: inside });
  return given as Readonly<Record<string, OutputArtifact>>;
}
