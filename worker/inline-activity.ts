import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { TrainyardError } from '@trainyard/errors';
import { provideParts, type PartsOnHand } from '../core/provided-parts.js';
import type { NodeTask } from '../core/task.js';
import type { Compute, Computed } from '../activities/run/run-node.js';
import { partsIn } from '../project/parts-in.js';
import type { NodeCode } from '../project/codes.js';
import type { Store } from '../store/index.js';
import { executeNode } from './execute.js';
import { isImplementation, type Implementation } from '../core/implementation.js';
import type { Redactor } from './redactor.js';

/** What opens what a light node takes: several run here at once. */
const withParts = new AsyncLocalStorage<PartsOnHand | undefined>();
provideParts(() => withParts.getStore());

/** Runs a light node in the worker itself: no process, no message, for nodes of a few milliseconds. */
export function lightCompute(
  store: Store,
  scratchRoot: string,
  redactor: Redactor,
): (task: NodeTask, code: NodeCode, hooks: Parameters<Compute>[1]) => Promise<Computed> {
  const loaded = new Map<string, Promise<Implementation>>();
  return async (task, code, hooks) => {
    const name = `${code.module}#${code.exportName}`;
    let implementation = loaded.get(name);
    if (!implementation) loaded.set(name, (implementation = load(code)));
    const started = performance.now();
    hooks.onBegin();
    let checkpoints = false;
    const refuse = (what: string): never => {
      throw new TrainyardError('TY-NODE-FAILED', {
        what: `${task.node} is declared light and asks for ${what}`,
        where: { node: task.node },
        remedy: 'take light: true out of its contract',
      });
    };
    const opens = code.opens?.length ? partsIn(code.opens) : undefined;
    const outputs = await withParts.run(opens, async () =>
      executeNode({
        implementation: await implementation,
        task,
        store,
        placed: code.placed,
        host: {
          scratchRoot,
          device: 'cpu',
          attempt: hooks.attempt,
          signal: hooks.signal,
          log: hooks.onLog,
          progress: hooks.onProgress,
          report: hooks.onReport,
          onCheckpoint: () => (checkpoints = true),
          secret: () => refuse('a secret'),
          redactor,
          client: () => refuse('a client'),
        },
      }),
    );
    return { outputs, ms: performance.now() - started, device: 'cpu', checkpoints };
  };
}

async function load(code: NodeCode): Promise<Implementation> {
  const module = (await import(pathToFileURL(code.module).href)) as Record<string, unknown>;
  const implementation = module[code.exportName];
  if (isImplementation(implementation)) return implementation;
  throw new TrainyardError('TY-NODE-NOT-IMPLEMENTED', {
    what: `${code.exportName} is no implementation`,
    where: { node: code.node, file: code.module },
  });
}
