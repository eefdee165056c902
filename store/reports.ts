import type { Digest } from '../core/digest.js';
import type { ReportList } from '../core/task.js';
import { checkDigest } from './keys.js';
import { putRecord, readRecord } from './record.js';
import { RECORDS } from './record-kinds.js';
import type { Store } from './store.js';

/** What calls of a key have reported on their way: `reports/<key>`. A pure function of the key, so any writer may win. */
export async function writeReports(store: Store, key: Digest, reports: ReportList): Promise<void> {
  await putRecord(store, `reports/${checkDigest(key)}`, RECORDS.reports, { reports });
}

/** Puts newer reports behind those kept of earlier attempts. */
export async function keepReports(store: Store, key: Digest, newer: ReportList): Promise<void> {
  const first = newer[0]?.[0] ?? Infinity;
  const before = (await readReports(store, key)).filter(([step]) => step < first);
  await writeReports(store, key, [...before, ...newer]);
}

export async function readReports(store: Store, key: Digest): Promise<ReportList> {
  return (await readRecord(store, `reports/${checkDigest(key)}`, RECORDS.reports))?.reports ?? [];
}
