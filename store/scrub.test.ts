import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestText, type Digest } from '../core/digest.js';
import type { Ref } from '../core/kinds.js';
import { Artifacts, commit, FileStore, lookup, scrub, writeNodeRecord, type Store } from './index.js';

let store: Store;
beforeEach(() => {
  store = new FileStore(mkdtempSync(path.join(tmpdir(), 'trainyard-scrub-')));
});
afterEach(() => rmSync(store.name, { recursive: true, force: true }));

const fileOf = (digest: Digest): string =>
  path.join(store.name, 'blobs', digest.slice('sha256-'.length, 'sha256-'.length + 2), digest);

function damage(digest: Digest): void {
  const bytes = readFileSync(fileOf(digest));
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  chmodSync(fileOf(digest), 0o644);
  writeFileSync(fileOf(digest), bytes);
}

/** One execution of a node, on record and found by its key. */
async function executed(run: string, node: string, files: Record<string, string>): Promise<{ key: Digest; out: Ref }> {
  const out = await new Artifacts(store).write('file', { files });
  const key = digestText(`${run} ${node}`);
  const log = (await store.putBlob(Buffer.from(`log of ${node}`))).digest;
  const at = '2026-01-01T00:00:00.000Z';
  const whole = { format: 1, run, node, key, outputs: { out }, lineage: run, version: '1', code: 'c' } as const;
  const place = { pipeline: 'p', scope: 'trial 1', params: {}, inputs: {}, threads: 1, worker: 'w', device: 'cpu' };
  await writeNodeRecord(store, {
    ...whole,
    ...place,
    pid: 1,
    attempt: 1,
    startedAt: at,
    endedAt: at,
    log,
    libraries: {},
  });
  await commit(store, { format: 1, key, node, outputs: { out }, madeBy: run });
  return { key, out };
}

const blobOf = async ({ out }: { out: Ref }, file: string): Promise<Digest> => {
  const { files } = await new Artifacts(store).manifest(out);
  return files.find(({ name }) => name === file)?.digest as Digest;
};
const counts = async (...calls: { key: Digest }[]): Promise<boolean[]> =>
  (
    await lookup(
      store,
      calls.map(({ key }) => key),
    )
  ).map((entry) => entry !== null);

describe('scrub', () => {
  it('finds nothing in a whole store, and says how far it is', async () => {
    await executed('one', 'toy.a', { 'a.txt': 'a', 'b.txt': 'b' });
    const said: number[] = [];
    const { blobs, bytes, bad } = await scrub(store, { onProgress: (done, of) => said.push(done / of) });
    expect([blobs, bad]).toEqual([4, []]);
    expect(said.at(-1)).toBe(1);
    expect(bytes).toBeGreaterThan(0);
  });

  it('names every output that a damaged file is part of, and takes them out of use, and no other', async () => {
    const [first, second, third] = [
      await executed('one', 'toy.a', { 'x.txt': 'shared', 'y.txt': 'y' }),
      await executed('two', 'toy.b', { 'z.txt': 'shared' }),
      await executed('two', 'toy.c', { 'c.txt': 'c' }),
    ];
    const blob = await blobOf(first, 'x.txt');
    damage(blob);
    const looked = await scrub(store, { dryRun: true });
    expect(looked).toMatchObject({ bad: [{ digest: blob, fault: 'damaged' }], discarded: [] });
    expect(await counts(first, second, third)).toEqual([true, true, true]);
    const { bad, discarded } = await scrub(store);
    const at = { scope: 'trial 1', port: 'out' };
    expect([...(bad[0]?.uses ?? [])].sort((one, other) => (one.run < other.run ? -1 : 1))).toEqual([
      { run: 'one', node: 'toy.a', artifact: first.out.digest, file: 'x.txt', ...at },
      { run: 'two', node: 'toy.b', artifact: second.out.digest, file: 'z.txt', ...at },
    ]);
    expect([...discarded].sort()).toEqual([first.out.digest, second.out.digest].sort());
    expect(await counts(first, second, third)).toEqual([false, false, true]);
    // Computed again, it is whole again; and there is nothing more to find.
    await executed('three', 'toy.a', { 'x.txt': 'shared', 'y.txt': 'y' });
    expect((await scrub(store)).bad).toEqual([]);
  });

  it('finds a file that is gone while its artifact still counts', async () => {
    const call = await executed('one', 'toy.a', { 'x.txt': 'x' });
    const blob = await blobOf(call, 'x.txt');
    rmSync(fileOf(blob));
    expect(await counts(call)).toEqual([true]);
    expect((await scrub(store)).bad).toMatchObject([{ digest: blob, fault: 'missing', uses: [{ file: 'x.txt' }] }]);
    expect(await counts(call)).toEqual([false]);
  });

  it('finds a damaged manifest, a damaged log, and what belongs to no execution', async () => {
    const call = await executed('one', 'toy.a', { 'x.txt': 'x' });
    const { digest: stray } = await store.putBlob(Buffer.from('stray'));
    const { digest: log } = await store.putBlob(Buffer.from('log of toy.a'));
    for (const digest of [call.out.digest, stray, log]) damage(digest);
    const { bad } = await scrub(store);
    expect(Object.fromEntries(bad.map(({ digest, uses }) => [digest, uses.map(({ port }) => port ?? 'log')]))).toEqual({
      [call.out.digest]: ['out'],
      [stray]: [],
      [log]: ['log'],
    });
    expect(await counts(call)).toEqual([false]);
    expect(await store.blobSize(stray)).toBeNull();
  });

  it('can be stopped', async () => {
    await executed('one', 'toy.a', { 'x.txt': 'x' });
    await expect(scrub(store, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
