import type { TrainyardError } from '../core/errors/index.js';
import type { NodeTask } from '../core/task.js';
import type { Store } from '../store/index.js';

/**
 * Puts a failed attempt on the record, and gives how many of this call failed by themselves. The deaths of workers
 * are not among them: those are not the node's fault and do not use up its attempts.
 */
export async function countFailure(store: Store, task: NodeTask, error: TrainyardError): Promise<number> {
  const folder = `failures/${task.key}/${Buffer.from(task.run.id).toString('hex').slice(0, 80)}/`;
  let number = 1;
  for await (const _ of store.list(folder)) number++;
  await store.put(`${folder}${number}`, Buffer.from(JSON.stringify({ run: task.run.id, error: error.toRecord() })));
  return number;
}
