import { isTrainyardError } from '@trainyard/errors';
import { canonical, type Json } from '../core/json.js';
import type { Ref } from '../core/kinds.js';
import { Artifacts } from './artifacts.js';
import { entryAfter } from './cache.js';
import { damagedIn, forgetDamaged } from './damaged/index.js';
import { each } from './map-concurrent.js';
import { noteOfPage } from './pages.js';
import { lookAtRecord, putRecord } from './record.js';
import { kindOf, RECORDS, type JsonObject, type RecordKind } from './record-kinds.js';
import type { Store, StoreKey } from './store.js';
import type { CacheEntry } from '../core/records.js';
import type { RunStart } from '../core/records.js';

/** A record that is not what was written. */
export interface BadRecord {
  readonly key: StoreKey;
  /** What a person calls it. */
  readonly kind: string;
  readonly fault: string;
  /** What follows while it is not there. */
  readonly without: string;
  /** Whether what it said is known from elsewhere, so that it can be written again. */
  readonly mended: boolean;
}

/**
 * Reads every record. What is damaged is written again where others know what it said, else removed: it counted as not
 * there before. Where something that is no file stands in the place of a record, a person must look.
 */
export async function scrubRecords(
  store: Store,
  options: { readonly dryRun?: boolean; readonly signal?: AbortSignal },
): Promise<{ records: number; bad: BadRecord[] }> {
  const keys: StoreKey[] = damagedIn(store).map(({ key }) => key);
  for await (const { key } of store.list('')) if (!keys.includes(key)) keys.push(key);
  const bad: BadRecord[] = [];
  let records = 0;
  await each(keys, async (key) => {
    options.signal?.throwIfAborted();
    const kind = kindOf(key);
    if (!kind) return;
    records++;
    const fault = await faultOf(store, key, kind);
    if (fault !== undefined) bad.push({ key, kind: kind.name, fault, without: kind.without, mended: false });
  });
  // The last generation of a result first: each hides the one after it where it is not there.
  bad.sort((a, b) => b.key.length - a.key.length || (a.key < b.key ? 1 : -1));
  const settled: BadRecord[] = [];
  for (const one of bad) settled.push(options.dryRun ? one : await settle(store, one));
  return { records, bad: settled.reverse() };
}

async function faultOf(store: Store, key: StoreKey, kind: RecordKind<unknown>): Promise<string | undefined> {
  const looked = await lookAtRecord(store, key, kind);
  if (looked.state === 'damaged') return looked.fault;
  if (looked.state === 'absent' || looked.checked || kind !== RECORDS.result) return undefined;
  for (const [port, ref] of Object.entries((looked.value as CacheEntry).outputs))
    if (!(await isItsValue(store, ref))) return `the value of ${port} is another than its artifact has`;
  return undefined;
}

/** Whether the value that a reference brings along is its artifact's. A manifest that is lost is another matter. */
async function isItsValue(store: Store, { digest, value }: Ref): Promise<boolean> {
  if (value === undefined) return true;
  try {
    const manifest = await new Artifacts(store).manifest({ digest });
    return manifest.valueBlob !== undefined || canonical(manifest.value ?? null) === canonical(value);
  } catch (error) {
    if (isTrainyardError(error)) return true;
    throw error;
  }
}

async function settle(store: Store, bad: BadRecord): Promise<BadRecord> {
  const kind = kindOf(bad.key) as RecordKind<object>;
  const known = await knownOf(store, bad.key);
  if (known === undefined) await store.remove(bad.key);
  else await putRecord(store, bad.key, kind, known);
  const { state } = await lookAtRecord(store, bad.key, kind);
  forgetDamaged(store, bad.key);
  return { ...bad, mended: known !== undefined && state === 'whole' };
}

/** What a damaged record said, where another says it too. */
async function knownOf(store: Store, key: StoreKey): Promise<object | undefined> {
  const [folder, segment = ''] = key.split('/');
  // A later result of the same key stands for those before it.
  if (folder === 'cache') return (await entryAfter(store, key)) ?? undefined;
  if (folder === 'pages') return noteOfPage(store, key);
  if (!RECORDS.start.key.test(key)) return undefined;
  const looked = await lookAtRecord(store, `runs/${segment}/graph`, RECORDS.graph);
  return looked.state === 'whole' ? startIn(looked.value) : undefined;
}

/** The start of a run, as its graph has it. */
function startIn(graph: JsonObject): RunStart | undefined {
  const { run: id, lineage, pipeline, params = null, seed, cause = null, startedAt, build } = graph;
  if (typeof id !== 'string' || typeof lineage !== 'string' || typeof pipeline !== 'string') return undefined;
  if (typeof seed !== 'number' || typeof startedAt !== 'number') return undefined;
  const at = new Date(startedAt).toISOString();
  const more: { [name: string]: Json } = build === undefined ? {} : { build };
  return { format: 1, id, lineage, pipeline, params, seed, cause, startedAt: at, ...more };
}
