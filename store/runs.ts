import type { Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';
import { each } from './map-concurrent.js';
import { checkDigest, segmentOf } from './keys.js';
import { createRecord, putRecord, readRecord } from './record.js';
import { RECORDS, type JsonObject } from './record-kinds.js';
import type { Store } from './store.js';
import type { DecidedCall, RunEnd, RunStart, SealedOpening } from '../core/records.js';

export interface RunRecord {
  readonly start: RunStart;
  /** Null while the run goes on, or when it was lost without an end. */
  readonly end: RunEnd | null;
}

/** Records that a run starts; false when a run of this id was there already. */
export async function startRun(store: Store, start: RunStart): Promise<boolean> {
  return createRecord(store, `${folderOf(start.id)}start`, RECORDS.start, start);
}

/** Records how a run ended, once; gives the end that counts. */
export async function endRun(store: Store, id: string, end: RunEnd): Promise<RunEnd> {
  const key = `${folderOf(id)}end`;
  if (await createRecord(store, key, RECORDS.end, end)) return end;
  return (await readRecord(store, key, RECORDS.end)) ?? end;
}

/** Replaces a run's graph. Only the run's own workflow may write it. */
export async function putGraph(store: Store, id: string, graph: Json): Promise<void> {
  await putRecord(store, `${folderOf(id)}graph`, RECORDS.graph, graph as JsonObject);
}

export async function readGraph(store: Store, id: string): Promise<Json | null> {
  return (await readRecord(store, `${folderOf(id)}graph`, RECORDS.graph)) as Json | null;
}

/** Replaces what is kept of a study, which is a run of its own. Only its own workflow may write it. */
export async function putStudy(store: Store, id: string, study: Json): Promise<void> {
  await putRecord(store, `${folderOf(id)}study`, RECORDS.study, study as JsonObject);
}

/** What is kept of a study, or null. */
export async function readStudy(store: Store, id: string): Promise<Json | null> {
  return (await readRecord(store, `${folderOf(id)}study`, RECORDS.study)) as Json | null;
}

/** Records what surrounded a run when it started, once. */
export async function putEnvironment(store: Store, id: string, environment: Json): Promise<void> {
  await createRecord(store, `${folderOf(id)}environment`, RECORDS.environment, environment as JsonObject);
}

export async function readEnvironment(store: Store, id: string): Promise<Json | null> {
  return (await readRecord(store, `${folderOf(id)}environment`, RECORDS.environment)) as Json | null;
}

/** Keeps the log of an attempt that failed: `runs/<run>/logs/<call>.<attempt>`. That of one that succeeded is a blob, on its record. */
export async function putFailedLog(store: Store, run: string, attempt: string, text: string): Promise<void> {
  await store.put(`${folderOf(run)}logs/${segmentOf(attempt)}`, Buffer.from(text), { durable: false });
}

/** Records a decision beside the lineage's first run, for all that resume it, however the deciding run ends. */
export async function putDecided(store: Store, lineage: string, decided: DecidedCall): Promise<void> {
  await putRecord(store, `${folderOf(lineage)}decided/${checkDigest(decided.key)}`, RECORDS.decided, decided);
}

/** The decisions of a lineage, by key. */
export async function readDecided(store: Store, lineage: string): Promise<DecidedCall[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(`${folderOf(lineage)}decided/`)) keys.push(key);
  const decided = await each(keys.sort(), (key) => readRecord(store, key, RECORDS.decided));
  return decided.filter((one) => one !== null);
}

/** A run's records, or null when there is no such run. */
export async function readRun(store: Store, id: string): Promise<RunRecord | null> {
  const start = await readRecord(store, `${folderOf(id)}start`, RECORDS.start);
  return start?.id === id ? { start, end: await readRecord(store, `${folderOf(id)}end`, RECORDS.end) } : null;
}

/** All runs, the youngest first. One whose start is damaged is not among them, but named (`damagedIn`). */
export async function listRuns(store: Store): Promise<RunRecord[]> {
  // By any of its records: where something else stands in the place of a start, no start is listed.
  const folders = new Set<string>();
  for await (const { key } of store.list('runs/')) folders.add(`${key.split('/').slice(0, 2).join('/')}/`);
  const runs = await each([...folders], async (folder) => {
    const start = await readRecord(store, `${folder}start`, RECORDS.start);
    return start && { start, end: await readRecord(store, `${folder}end`, RECORDS.end) };
  });
  const age = ({ start }: RunRecord): string => `${start.startedAt} ${start.id}`;
  return runs.filter((run) => run !== null).sort((a, b) => (age(a) < age(b) ? 1 : -1));
}

/**
 * Records, before a sealed artifact is opened, that this call opens it: `opened/<artifact>/<key>`. False when the same
 * call had opened it before (a retry, a resume), which tells nobody anything new.
 */
export async function recordOpening(store: Store, opening: SealedOpening): Promise<boolean> {
  const key = `opened/${checkDigest(opening.artifact)}/${checkDigest(opening.key)}`;
  return createRecord(store, key, RECORDS.opening, opening);
}

/** Every opening of a sealed artifact, the first one first. */
export async function openingsOf(store: Store, artifact: Digest): Promise<SealedOpening[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(`opened/${checkDigest(artifact)}/`)) keys.push(key);
  const openings = await each(keys.sort(), (key) => readRecord(store, key, RECORDS.opening));
  return openings.filter((opening) => opening !== null).sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
}

function folderOf(run: string): string {
  return `runs/${segmentOf(run)}/`;
}
