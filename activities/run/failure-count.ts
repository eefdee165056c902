import type { TrainyardError } from '@trainyard/errors';
import type { NodeTask } from '../../core/task.js';
import { putRecord, RECORDS, type JsonObject, segmentOf, type Store } from '../../store/index.js';

/**
 * Puts a failed attempt on the record, and gives how many of this call failed by themselves. The deaths of workers
 * are not among them: those are not the node's fault and do not use up its attempts.
 */
export async function countFailure(store: Store, task: NodeTask, error: TrainyardError): Promise<number> {
  const folder = `failures/${task.key}/${segmentOf(task.run.id)}/`;
  let number = 1;
  for await (const _ of store.list(folder)) number++;
  const failed = { run: task.run.id, error: error.toRecord() } as unknown as JsonObject;
  await putRecord(store, `${folder}${number}`, RECORDS.failure, failed, { durable: false });
  return number;
}
