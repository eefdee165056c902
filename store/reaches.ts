import type { Digest } from '../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import { canonical } from '../core/json.js';
import type { Reach } from '../core/records.js';
import { checkDigest, segmentOf } from './keys.js';
import { createRecord, lookAtRecord, readRecord } from './record.js';
import { RECORDS } from './record-kinds.js';
import type { Store } from './store.js';

/** What is read on: a source, by a pipeline of a project. */
export type ReachName = Pick<Reach, 'project' | 'pipeline' | 'source'>;

const PLACE_DIGITS = 9;

/**
 * How far the last finished run of a pipeline has read a source, or null where none has. Throws TY-STORE-RECORD where that
 * cannot be read: rows would be read twice.
 */
export async function lastReach(store: Store, name: ReachName): Promise<Reach | null> {
  const keys: string[] = [];
  for await (const { key } of store.list(folderOf(name))) keys.push(key);
  const last = keys.sort().at(-1);
  if (last === undefined) return null;
  const looked = await lookAtRecord(store, last, RECORDS.reach);
  if (looked.state === 'whole') return looked.value;
  throw new TrainyardError('TY-STORE-RECORD', {
    what: `how far the last run of ${name.pipeline} has read its source cannot be read`,
    where: { file: last },
    remedy:
      'trainyard scrub takes the record out of use; the next run then reads on from the run before it, whose rows come once more',
  });
}

/**
 * Records that a run has read a source on. The same run, or a resume of it, may say so again. Throws TY-SOURCE-READ-ON where
 * another run has read on from the same place: rows would count twice.
 */
export async function reach(store: Store, next: Reach): Promise<void> {
  const key = `${folderOf(next)}${String(next.place).padStart(PLACE_DIGITS, '0')}`;
  if (await createRecord(store, key, RECORDS.reach, next)) return;
  const there = await readRecord(store, key, RECORDS.reach);
  if (!there || (there.lineage === next.lineage && canonical(there.watermark) === canonical(next.watermark))) return;
  throw new TrainyardError('TY-SOURCE-READ-ON', {
    what: `run ${there.run} of ${next.pipeline} has read the source on from the same place meanwhile: rows that this run has read would count twice`,
    where: { run: next.run },
    expected: 'one run at a time that reads it on',
    actual: `${there.run} has come to ${canonical(there.watermark)}`,
  });
}

function folderOf({ project, pipeline, source }: ReachName): string {
  return `reaches/${segmentOf(project, 40)}/${segmentOf(pipeline, 50)}/${checkDigest(source as Digest)}/`;
}
