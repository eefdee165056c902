import type { Backend, Config } from '../core/config.js';
import { TrainyardError } from '@trainyard/errors';
import type { NodeTask } from '../core/task.js';
import { canLoad, sayBackend } from '../setup/tensorflow-load.js';

/**
 * The backend that a node is keyed with, as a package that its process has loaded, for a process loads TensorFlow once.
 * Throws TY-CODE-GONE where this machine does not have it: the call goes to another worker, or waits for one.
 */
export function requireBackend(
  { node, keyed }: Pick<NodeTask, 'node' | 'keyed'>,
  pool: Pick<Config['pools'][string], 'devices'>,
): [name: string, version: string][] {
  if (keyed?.backend === undefined) return [];
  const backend = keyed.backend as Backend;
  if (canLoad(backend, (pool.devices?.length ?? 0) > 0)) return [['TensorFlow', backend]];
  throw new TrainyardError('TY-CODE-GONE', {
    what: `this worker cannot compute ${node} on ${sayBackend(backend)}, as the run was started to`,
    where: { node },
    expected: sayBackend(backend),
    actual: canLoad('native', false) ? sayBackend('native') : sayBackend('wasm'),
    remedy: `run trainyard setup on the worker's machine, or say in temporal.config.ts which backend its pool has, and resume the run with the new code`,
  });
}
