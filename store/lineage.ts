import type { Digest } from '../core/digest.js';
import { each } from './map-concurrent.js';
import { checkDigest, segmentOf } from './keys.js';
import { lookAtRecord, readRecord, recordText } from './record.js';
import { RECORDS } from './record-kinds.js';
import type { Store, StoreKey } from './store.js';
import type { ArtifactName, NodeRecord } from '../core/records.js';

/** Lengths of the parts of a record's name: a marker's key, the longest, must stay below the limit for keys. */
const RUN_BYTES = 56;
const NODE_BYTES = 32;

/**
 * Writes the record of a node execution, `lineage/<run>/<node>~<key>.<attempt>`, and before it a marker
 * `used/<artifact>/…` for each input and `made/<artifact>/…` for each output, so that a crash in between leaves a
 * marker without a record, which says nothing, and never a record that no marker points to. Gives the record's key.
 */
export async function writeNodeRecord(store: Store, record: NodeRecord): Promise<StoreKey> {
  const body = Buffer.from(recordText(strip(record)));
  const run = segmentOf(record.run, RUN_BYTES);
  const short = checkDigest(record.key).slice('sha256-'.length, 'sha256-'.length + 16);
  const first = `${run}/${segmentOf(record.node, NODE_BYTES)}~${short}.${record.attempt}`;
  const markers = markersOf(record);
  // A worker that died after its record may be followed by one that counts its attempts from one again.
  for (let again = 0; ; again++) {
    const place = again === 0 ? first : `${first}.${again}`;
    if ((await lookAtRecord(store, `lineage/${place}`, RECORDS.execution)).state !== 'absent') continue;
    await each([...markers], (marker) => store.create(`${marker}${place}`, new Uint8Array(), { durable: false }));
    if (await store.create(`lineage/${place}`, body)) return `lineage/${place}`;
  }
}

/** Records in one batch of `allRecords`. */
const BATCH = 500;

/** The records of all executions, a batch in memory at a time, in no order. */
export async function* allRecords(store: Store): AsyncIterable<NodeRecord> {
  let keys: string[] = [];
  for await (const { key } of store.list('lineage/')) {
    if (keys.push(key) < BATCH) continue;
    yield* await read(store, keys);
    keys = [];
  }
  yield* await read(store, keys);
}

/** All records of a run, in the order in which the executions ended. */
export async function recordsOfRun(store: Store, run: string): Promise<NodeRecord[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(lineageFolder(run))) keys.push(key);
  return (await read(store, keys)).filter((record) => record.run === run);
}

/** The records of all executions of these nodes, in the order in which they ended. Others are passed by unread. */
export async function recordsOfNodes(store: Store, nodes: readonly string[]): Promise<NodeRecord[]> {
  const wanted = new Set(nodes.map((node) => segmentOf(node, NODE_BYTES)));
  const keys: string[] = [];
  for await (const { key } of store.list('lineage/')) {
    const place = key.slice(key.lastIndexOf('/') + 1);
    if (wanted.has(place.slice(0, place.lastIndexOf('~')))) keys.push(key);
  }
  return (await read(store, keys)).filter(({ node }) => nodes.includes(node));
}

/** The executions that took this artifact as an input. */
export async function usersOf(store: Store, artifact: Digest): Promise<NodeRecord[]> {
  return marked(store, `used/${checkDigest(artifact)}/`);
}

/** The executions that gave this artifact. */
export async function makersOf(store: Store, artifact: Digest): Promise<NodeRecord[]> {
  return marked(store, `made/${checkDigest(artifact)}/`);
}

/** The folder of the records of a run. */
export function lineageFolder(run: string): string {
  return `lineage/${segmentOf(run, RUN_BYTES)}/`;
}

/** Takes one record back, with its markers: the collector, and a writer whose blobs were lost before it was done. */
export async function removeNodeRecord(store: Store, place: StoreKey, record: NodeRecord): Promise<void> {
  await store.remove(place);
  for (const marker of markersOf(record)) await store.remove(`${marker}${place.slice('lineage/'.length)}`);
}

function markersOf(record: Pick<NodeRecord, 'inputs' | 'outputs'>): Set<string> {
  return new Set([
    ...Object.values(record.inputs).flatMap((input) =>
      digestsOf(input).map((digest) => `used/${checkDigest(digest)}/`),
    ),
    ...Object.values(record.outputs).map(({ digest }) => `made/${checkDigest(digest)}/`),
  ]);
}

async function marked(store: Store, folder: string): Promise<NodeRecord[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(folder)) keys.push(`lineage/${key.slice(folder.length)}`);
  return read(store, keys);
}

async function read(store: Store, keys: readonly string[]): Promise<NodeRecord[]> {
  const found = await each([...keys].sort(), (key) => readRecord(store, key, RECORDS.execution));
  const records = found.filter((record) => record !== null);
  return records.sort((a, b) => (a.endedAt < b.endedAt ? -1 : a.endedAt > b.endedAt ? 1 : 0));
}

function digestsOf(input: ArtifactName | readonly ArtifactName[]): Digest[] {
  return 'digest' in input ? [input.digest] : input.map(({ digest }) => digest);
}

/** The record with artifacts by name only: references may carry values, which have no place here. */
function strip(record: NodeRecord): NodeRecord {
  const bare = ({ kind, digest, size }: ArtifactName): ArtifactName => ({ kind, digest, size });
  const both = (input: ArtifactName | readonly ArtifactName[]): ArtifactName | ArtifactName[] =>
    'digest' in input ? bare(input) : input.map(bare);
  const ports = <T, R>(of: { readonly [port: string]: T }, change: (value: T) => R): { [port: string]: R } =>
    Object.fromEntries(Object.entries(of).map(([port, value]) => [port, change(value)]));
  return { ...record, inputs: ports(record.inputs, both), outputs: ports(record.outputs, bare) };
}
