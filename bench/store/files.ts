/**
 * What the store costs on files, beside the same bytes written by hand with nothing promised (`writeFile`) and with
 * durability alone (`writeFile`, `fsync`, `rename`, `fsync` of the folder). Lower is better everywhere.
 *
 *   npm run bench store/files [ROUNDS]
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import type { Digest } from '../../core/digest.js';
import {
  Artifacts,
  commit,
  FileStore,
  lookup,
  singleFlight,
  writeNodeRecord,
  type CacheEntry,
} from '../../store/index.js';

const rounds = Number(process.argv[2] ?? 200);
const folder = mkdtempSync(path.join(process.cwd(), '.bench-store-'));
const store = new FileStore(path.join(folder, 'store'));
const artifacts = new Artifacts(store);
const times = new Map<string, number[]>();
const body = Buffer.alloc(1000, 'x');
const large = Buffer.alloc(8_000_000, 'y');

async function timed<T>(name: string, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await act();
  times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
  return result;
}

async function byHand(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(`${file}.tmp`, 'w');
  await handle.writeFile(bytes);
  await handle.sync();
  await handle.close();
  await rename(`${file}.tmp`, file);
  const dir = await open(path.dirname(file), 'r');
  await dir.sync();
  await dir.close();
}

const keyOf = (text: string): Digest => `sha256-${createHash('sha256').update(text).digest('hex')}`;

async function round(index: number): Promise<void> {
  const key = keyOf(`key ${index}`);
  const bytes = Buffer.concat([body, Buffer.from(String(index))]);
  await timed('writeFile 1 kB, nothing promised', () => writeFile(path.join(folder, 'hand', `a${index}`), bytes));
  await timed('by hand 1 kB, durable', () => byHand(path.join(folder, 'hand', `b${index}`), bytes));
  await timed('create 1 kB, durable', () => store.create(`bench/a${index}`, bytes));
  await timed('create 1 kB, not durable', () => store.create(`bench/b${index}`, bytes, { durable: false }));
  await timed('create, taken', () => store.create(`bench/a${index}`, bytes));
  await timed('put 1 kB', () => store.put('bench/c', bytes));
  await timed('get 1 kB', () => store.get(`bench/a${index}`));
  await timed('blob 1 kB', () => store.putBlob(bytes));
  await timed('blob 1 kB, there', () => store.putBlob(bytes));
  const out = await timed('artifact of one value', () => artifacts.write('json', { value: { index } as never }));
  await timed('artifact opened', () => artifacts.open(out));
  const entry: CacheEntry = { format: 1, key, node: 'toy.one', outputs: { out }, madeBy: 'run' };
  const found = async (): Promise<CacheEntry | null> => (await lookup(store, [key]))[0] ?? null;
  let committing = 0;
  const start = performance.now();
  await singleFlight(store, key, {
    found,
    compute: async () => {
      const before = performance.now();
      const won = await commit(store, entry);
      committing = performance.now() - before;
      return won;
    },
  });
  const whole = performance.now() - start;
  times.set('commit', [...(times.get('commit') ?? []), committing]);
  times.set('reservation, nobody else', [...(times.get('reservation, nobody else') ?? []), whole - committing]);
  await timed('found instead of reserved', () => singleFlight(store, key, { found, compute: async () => entry }));
  await timed('lineage record, 2 inputs', () =>
    writeNodeRecord(store, {
      ...{ format: 1, run: 'run', lineage: 'run', pipeline: 'bench', scope: '', node: 'toy.one', version: '1' },
      ...{ code: 'code', key, params: {}, inputs: { a: out, b: { ...out, digest: keyOf('b') } }, outputs: { out } },
      ...{ threads: 1, worker: 'w', device: 'cpu', pid: 1, attempt: 1, libraries: {} },
      ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:01.000Z' },
    }),
  );
  if (index % 10 !== 0) return;
  const other = Buffer.concat([large, Buffer.from(String(index))]);
  await timed('by hand 8 MB, durable', () => byHand(path.join(folder, 'hand', 'large'), other));
  const { digest } = await timed('blob 8 MB', () => store.putBlob(other));
  await timed('blobPath 8 MB, first time', () => store.blobPath(digest));
  await timed('blobPath 8 MB, known', () => store.blobPath(digest));
}

try {
  await mkdir(path.join(folder, 'hand'));
  // The folders of a store, 256 for blobs, are made once; their making is not what is measured.
  for (let index = 0; index < 256; index++)
    await mkdir(path.join(store.name, 'blobs', index.toString(16).padStart(2, '0')), { recursive: true });
  for (let index = 0; index < rounds; index++) await round(index);
  const keys = Array.from({ length: rounds }, (_, index) => keyOf(`key ${index}`));
  for (let again = 0; again < 10; again++) {
    await timed(`lookup of ${rounds}, all found`, () => lookup(store, keys));
    await timed(`lookup of ${rounds}, none found`, () =>
      lookup(
        store,
        keys.map((key) => keyOf(key)),
      ),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${rounds} rounds; milliseconds`,
);
const at = (sorted: number[], share: number): string =>
  (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(3).padStart(9);
console.log(`${'p50'.padStart(45)}${'p95'.padStart(9)}${'max'.padStart(9)}`);
for (const [name, list] of times) {
  const sorted = [...list].sort((a, b) => a - b);
  console.log(`${name.padEnd(36)}${at(sorted, 0.5)}${at(sorted, 0.95)}${at(sorted, 1)}`);
}
