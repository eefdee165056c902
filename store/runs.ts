import type { Digest } from '../core/digest.js';
import { canonical, type Json } from '../core/json.js';
import { readText } from './blobs.js';
import { each } from './each.js';
import { checkDigest, segmentOf } from './keys.js';
import type { Store } from './store.js';

/** What is known when a run starts. More fields may stand beside these. */
export interface RunStart {
  readonly format: 1;
  readonly id: string;
  /** The first run of which this one is a resume, or its own id. */
  readonly lineage: string;
  readonly pipeline: string;
  readonly params: Json;
  readonly seed: number;
  readonly cause: Json;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly [more: string]: Json | undefined;
}

export interface RunEnd {
  readonly status: 'completed' | 'failed' | 'cancelled' | 'terminated';
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  /** The figure that stands for the run. */
  readonly metric?: { readonly name: string; readonly value: number } | undefined;
  readonly result?: Json | undefined;
  readonly error?: Json | undefined;
  readonly [more: string]: Json | undefined;
}

export interface RunRecord {
  readonly start: RunStart;
  /** Null while the run goes on, or when it was lost without an end. */
  readonly end: RunEnd | null;
}

/** Records that a run starts; false when a run of this id was there already. */
export async function startRun(store: Store, start: RunStart): Promise<boolean> {
  return store.create(`${folderOf(start.id)}start`, Buffer.from(canonical(start)));
}

/** Records how a run ended, once; gives the end that counts. */
export async function endRun(store: Store, id: string, end: RunEnd): Promise<RunEnd> {
  const key = `${folderOf(id)}end`;
  if (await store.create(key, Buffer.from(canonical(end)))) return end;
  return (await readJson<RunEnd>(store, key)) ?? end;
}

/** Replaces a run's graph. Only the run's own workflow may write it. */
export async function putGraph(store: Store, id: string, graph: Json): Promise<void> {
  await store.put(`${folderOf(id)}graph`, Buffer.from(canonical(graph)));
}

export async function readGraph(store: Store, id: string): Promise<Json | null> {
  return readJson<Json>(store, `${folderOf(id)}graph`);
}

/** Replaces what is kept of a study, which is a run of its own. Only its own workflow may write it. */
export async function putStudy(store: Store, id: string, study: Json): Promise<void> {
  await store.put(`${folderOf(id)}study`, Buffer.from(canonical(study)));
}

/** What is kept of a study, or null. */
export async function readStudy(store: Store, id: string): Promise<Json | null> {
  return readJson<Json>(store, `${folderOf(id)}study`);
}

/** Records what surrounded a run when it started, once. */
export async function putEnvironment(store: Store, id: string, environment: Json): Promise<void> {
  await store.create(`${folderOf(id)}environment`, Buffer.from(canonical(environment)));
}

export async function readEnvironment(store: Store, id: string): Promise<Json | null> {
  return readJson<Json>(store, `${folderOf(id)}environment`);
}

/** Keeps the log of an attempt that failed: `runs/<run>/logs/<call>.<attempt>`. That of one that succeeded is a blob, on its record. */
export async function putFailedLog(store: Store, run: string, attempt: string, text: string): Promise<void> {
  await store.put(`${folderOf(run)}logs/${segmentOf(attempt)}`, Buffer.from(text));
}

/** What an operator put in the place of a failed call, by the key that its pipeline asks for. */
export interface DecidedCall {
  readonly key: Digest;
  readonly outputs: { readonly [port: string]: Json };
  readonly run: string;
  readonly by: string;
  readonly why: string;
  /** What a graph tells of the call: given or computed otherwise, by whom. */
  readonly told?: Json;
}

/** Records a decision beside the lineage's first run, for all that resume it, however the deciding run ends. */
export async function putDecided(store: Store, lineage: string, decided: DecidedCall): Promise<void> {
  await store.put(`${folderOf(lineage)}decided/${checkDigest(decided.key)}`, Buffer.from(canonical(decided)));
}

/** The decisions of a lineage, by key. */
export async function readDecided(store: Store, lineage: string): Promise<DecidedCall[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(`${folderOf(lineage)}decided/`)) keys.push(key);
  const decided = await each(keys.sort(), (key) => readJson<DecidedCall>(store, key));
  return decided.filter((one) => one !== null);
}

/** A run's records, or null when there is no such run. */
export async function readRun(store: Store, id: string): Promise<RunRecord | null> {
  const start = await readJson<RunStart>(store, `${folderOf(id)}start`);
  return start?.id === id ? { start, end: await readJson<RunEnd>(store, `${folderOf(id)}end`) } : null;
}

/** All runs, the youngest first. */
export async function listRuns(store: Store): Promise<RunRecord[]> {
  const folders: string[] = [];
  for await (const { key } of store.list('runs/'))
    if (key.endsWith('/start')) folders.push(key.slice(0, -'start'.length));
  const runs = await each(folders, async (folder) => {
    const start = await readJson<RunStart>(store, `${folder}start`);
    return start && { start, end: await readJson<RunEnd>(store, `${folder}end`) };
  });
  const age = ({ start }: RunRecord): string => `${start.startedAt} ${start.id}`;
  return runs.filter((run) => run !== null).sort((a, b) => (age(a) < age(b) ? 1 : -1));
}

/** One opening of a sealed test set, on the record for good. */
export interface SealedOpening {
  readonly artifact: Digest;
  /** Key of the node call that opens it. */
  readonly key: Digest;
  readonly run: string;
  readonly node: string;
  /** What the answer was wanted for. */
  readonly purpose: string;
  /** Who started the run. */
  readonly by: Json;
  /** ISO 8601, UTC. */
  readonly openedAt: string;
}

/**
 * Records, before a sealed artifact is opened, that this call opens it: `opened/<artifact>/<key>`. False when the same
 * call had opened it before (a retry, a resume), which tells nobody anything new.
 */
export async function recordOpening(store: Store, opening: SealedOpening): Promise<boolean> {
  const key = `opened/${checkDigest(opening.artifact)}/${checkDigest(opening.key)}`;
  return store.create(key, Buffer.from(canonical(opening)));
}

/** Every opening of a sealed artifact, the first one first. */
export async function openingsOf(store: Store, artifact: Digest): Promise<SealedOpening[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(`opened/${checkDigest(artifact)}/`)) keys.push(key);
  const openings = await each(keys.sort(), (key) => readJson<SealedOpening>(store, key));
  return openings.filter((opening) => opening !== null).sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
}

function folderOf(run: string): string {
  return `runs/${segmentOf(run)}/`;
}

async function readJson<T>(store: Store, key: string): Promise<T | null> {
  const text = await readText(store, key);
  return text === null ? null : (JSON.parse(text) as T);
}
