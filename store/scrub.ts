import type { Digest } from '../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import { Artifacts, type Manifest } from './artifacts.js';
import { isSound } from './blob-store.js';
import { discardArtifact } from './cache.js';
import { each } from './map-concurrent.js';
import { allRecords } from './lineage.js';
import { scrubRecords, type BadRecord } from './scrub-records.js';
import type { Store } from './store.js';
import type { NodeRecord } from '../core/records.js';

export interface ScrubOptions {
  /** Finds and says, and takes nothing out of use. */
  readonly dryRun?: boolean;
  /** Told now and then how many bytes have been read, of how many. */
  readonly onProgress?: (bytes: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** An output that a blob is part of. */
export interface BlobUse {
  readonly run: string;
  readonly scope: string;
  readonly node: string;
  /** The output port; undefined for the log of the execution. */
  readonly port?: string;
  readonly artifact?: Digest;
  /** Name of the file in the artifact; undefined for its value and its manifest. */
  readonly file?: string;
}

/** A blob that is not what it should be. */
export interface BadBlob {
  readonly digest: Digest;
  /** Its bytes are others than its digest says, or it is gone while its artifact still counts. */
  readonly fault: 'damaged' | 'missing';
  /** Outputs that it is part of. None: what made it is not on record any more, or it was never an output. */
  readonly uses: readonly BlobUse[];
}

export interface Scrubbed {
  readonly blobs: number;
  readonly bytes: number;
  readonly bad: readonly BadBlob[];
  /** Records that were read, beside reservations and markers. */
  readonly records: number;
  readonly badRecords: readonly BadRecord[];
  /** Artifacts that were taken out of use: what made them computes them again when they are needed. */
  readonly discarded: readonly Digest[];
}

/**
 * Reads every record (`scrubRecords`), then every blob and checks it against its digest; looks for files that are gone although their artifact counts. What is
 * bad is taken out of use, as a reader that met it would do (`discardArtifact`). Safe beside workers and collectors:
 * only bytes that are wrong are removed, and what counts on them counts as lost.
 */
export async function scrub(store: Store, options: ScrubOptions = {}): Promise<Scrubbed> {
  const found = await scrubRecords(store, options);
  const sizes = new Map<Digest, number>();
  for await (const { digest, size } of store.listBlobs()) sizes.set(digest, size);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const damaged = new Set<Digest>();
  let bytes = 0;
  await each([...sizes], async ([digest, size]) => {
    options.signal?.throwIfAborted();
    // Gone is no damage: a collector may have taken it since it was listed.
    if (!(await isSound(store, digest)) && (await store.blobSize(digest)) !== null) damaged.add(digest);
    bytes += size;
    options.onProgress?.(bytes, total);
  });
  const { bad, artifacts } = await find(store, damaged, options.signal);
  const discarded: Digest[] = [];
  if (!options.dryRun) {
    for (const artifact of artifacts) if ((await discardArtifact(store, artifact)).length > 0) discarded.push(artifact);
    for (const digest of damaged) if (!(await isSound(store, digest))) await store.removeBlob(digest);
  }
  return { blobs: sizes.size, bytes: total, bad, records: found.records, badRecords: found.bad, discarded };
}

/** What bad blobs belong to, from the records of all executions. */
async function find(
  store: Store,
  damaged: ReadonlySet<Digest>,
  signal: AbortSignal | undefined,
): Promise<{ bad: BadBlob[]; artifacts: Set<Digest> }> {
  const uses = new Map<Digest, BlobUse[]>([...damaged].map((digest) => [digest, []]));
  const artifacts = new Set<Digest>();
  const known = new Map<Digest, Promise<readonly Part[]>>();
  for await (const record of allRecords(store)) {
    signal?.throwIfAborted();
    const { run, scope, node } = record;
    if (record.log && damaged.has(record.log)) uses.get(record.log)?.push({ run, scope, node });
    for (const { port, artifact } of outputsOf(record)) {
      let parts = known.get(artifact);
      if (!parts) known.set(artifact, (parts = badParts(store, artifact, damaged)));
      for (const { digest, file } of await parts) {
        artifacts.add(artifact);
        const use = { run, scope, node, port, artifact, ...(file === undefined ? {} : { file }) };
        uses.set(digest, [...(uses.get(digest) ?? []), use]);
      }
    }
  }
  const bad = [...uses].map(([digest, of]): BadBlob => ({
    digest,
    fault: damaged.has(digest) ? 'damaged' : 'missing',
    uses: of,
  }));
  return { bad: bad.sort((one, other) => (one.digest < other.digest ? -1 : 1)), artifacts };
}

interface Part {
  readonly digest: Digest;
  readonly file?: string;
}

/** Blobs of an artifact that are damaged or gone. One whose manifest is gone does not count any more: none of it is bad. */
async function badParts(store: Store, artifact: Digest, damaged: ReadonlySet<Digest>): Promise<readonly Part[]> {
  if (damaged.has(artifact)) return [{ digest: artifact }];
  let manifest: Manifest;
  try {
    manifest = await new Artifacts(store).manifest({ digest: artifact });
  } catch (error) {
    if (isTrainyardError(error)) return [];
    throw error;
  }
  const parts: Part[] = manifest.files.map(({ name, digest }) => ({ digest, file: name }));
  if (manifest.valueBlob) parts.push({ digest: manifest.valueBlob.digest });
  const found = await Promise.all(
    parts.map(async (part) => damaged.has(part.digest) || (await store.blobSize(part.digest)) === null),
  );
  return parts.filter((_, at) => found[at]);
}

function outputsOf(record: NodeRecord): { port: string; artifact: Digest }[] {
  return Object.entries(record.outputs).map(([port, { digest }]) => ({ port, artifact: digest }));
}
