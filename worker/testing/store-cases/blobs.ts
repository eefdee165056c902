import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import { Artifacts, commit, discardArtifact, lookup, readBlob } from '../../../store/index.js';
import type { StoreCase } from './case.js';
import { race, start } from './processes.js';

const sha = (bytes: Uint8Array | string): Digest => `sha256-${createHash('sha256').update(bytes).digest('hex')}`;
const damaged = (error: unknown): boolean => isTrainyardError(error) && error.code === 'TY-STORE-DAMAGED';

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 70_000) yield bytes.subarray(at, at + 70_000);
}

export const blobCases: readonly StoreCase[] = [
  {
    name: 'bytes, a file and a stream of the same content are one blob under its SHA-256',
    async run({ store }) {
      for (const size of [0, 1, 70_000, 3_000_001]) {
        const bytes = Buffer.alloc(size, 'some content ');
        const first = await store.putBlob(bytes);
        assert.deepEqual(first, { digest: sha(bytes), size, created: true });
        assert.equal((await store.putBlob(pieces(bytes))).created, false);
        const path = await store.blobPath(first.digest);
        assert.deepEqual(await store.putBlob({ path: path! }), { digest: sha(bytes), size, created: false });
        assert.ok(bytes.equals(await readBlob(store, first.digest)));
        assert.equal(await store.blobSize(first.digest), size);
      }
      let count = 0;
      for await (const { digest, size } of store.listBlobs()) count += (await store.blobSize(digest)) === size ? 1 : 0;
      assert.equal(count, 4);
    },
  },
  {
    name: 'a blob that is not there is null, and removing it twice is fine',
    async run({ store }) {
      const { digest } = await store.putBlob(Buffer.from('short-lived'));
      await store.removeBlob(digest);
      await store.removeBlob(digest);
      assert.equal(await store.getBlob(digest), null);
      assert.equal(await store.blobPath(digest), null);
      assert.equal(await store.blobSize(digest), null);
      assert.equal((await store.putBlob(Buffer.from('short-lived'))).created, true);
    },
  },
  {
    name: 'two processes that write the same blob at once both succeed, and it is whole',
    async run(subject) {
      const { answers } = await race(subject, 2, 'blob', () => ({ bytes: 20_000_000, fill: 9 }));
      assert.ok(answers.includes(true));
      const bytes = new Uint8Array(20_000_000).fill(9);
      assert.equal((await readBlob(subject.store, sha(bytes))).byteLength, bytes.byteLength);
    },
  },
  {
    name: 'a writer killed in the middle of a blob leaves nothing that can be read: each blob is whole or not there',
    async run(subject) {
      let seen = 0;
      for (let round = 0; round < 6; round++) {
        const other = await start(subject, 'blobs', { bytes: 24_000_000, first: 1 + round * 1000 });
        await other.says(round % 2 === 0 ? 'going' : 'stored');
        await sleep(5 + round * 15);
        await other.kill();
        for await (const { digest, size } of subject.store.listBlobs()) {
          assert.equal(size, 24_000_000, 'a part of a blob can be seen');
          assert.equal(sha(await readBlob(subject.store, digest)), digest);
          seen++;
        }
      }
      assert.ok(seen > 0, 'no blob was ever finished: the case tried nothing');
    },
  },
  {
    name: 'a stream that breaks off leaves no blob',
    async run({ store }) {
      const broken = (async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('half');
        throw new Error('the source went away');
      })();
      await assert.rejects(store.putBlob(broken), /the source went away/);
      for await (const { digest } of store.listBlobs()) assert.fail(`${digest} was left behind`);
    },
  },
  {
    name: 'a damaged blob is found on every way of reading, also a large one, and never given as if it were whole',
    needs: 'damage',
    async run({ store, damage }) {
      for (const bytes of [Buffer.from('small blob'), Buffer.alloc(5_000_000, 'large blob')]) {
        const { digest } = await store.putBlob(bytes);
        assert.notEqual(await store.blobPath(digest), null);
        await damage!(digest);
        await assert.rejects(readBlob(store, digest), damaged);
        await assert.rejects(store.blobPath(digest), damaged);
        await store.removeBlob(digest);
        assert.equal((await store.putBlob(bytes)).created, true);
        assert.ok(bytes.equals(await readBlob(store, digest)));
      }
    },
  },
  {
    name: 'an artifact with a damaged file is discarded: its entry is a miss, and computing it again makes it a hit',
    needs: 'damage',
    async run({ store, damage }) {
      const artifacts = new Artifacts(store);
      const made = await artifacts.write('file', { files: { a: 'content', b: 'other' } });
      const key = sha('some key');
      await commit(store, { format: 1, key, node: 'toy.make', outputs: { out: made }, madeBy: 'first' });
      const file = sha('content');
      assert.deepEqual(await discardArtifact(store, made.digest), []);
      assert.equal((await lookup(store, [key]))[0]?.madeBy, 'first');
      await damage!(file);
      await assert.rejects((await artifacts.open(made)).text('a'), damaged);
      assert.deepEqual(await discardArtifact(store, made.digest), [file]);
      assert.deepEqual(await lookup(store, [key]), [null]);
      const again = await artifacts.write('file', { files: { a: 'content', b: 'other' } });
      assert.equal(again.digest, made.digest);
      assert.equal((await lookup(store, [key]))[0]?.madeBy, 'first');
      assert.equal(await (await artifacts.open(again)).text('a'), 'content');
    },
  },
  {
    name: 'an artifact does not depend on the order in which its files and the members of its value were given',
    async run({ store }) {
      const artifacts = new Artifacts(store);
      const one = await artifacts.write('model', { value: { a: 1, b: { c: 2, d: 3 } }, files: { x: '1', y: '2' } });
      const two = await artifacts.write('model', { value: { b: { d: 3, c: 2 }, a: 1 }, files: { y: '2', x: '1' } });
      assert.deepEqual(one, two);
      assert.notEqual(
        (await artifacts.write('plot', { value: { a: 1 } })).digest,
        (await artifacts.write('file', { value: { a: 1 } })).digest,
      );
    },
  },
  {
    name: 'values travel in the reference up to 4096 characters, and are read whole at any size',
    async run({ store }) {
      const artifacts = new Artifacts(store);
      for (const length of [1, 4094, 4095, 63_000, 70_000, 2_000_000]) {
        const value = 'v'.repeat(length);
        const ref = await artifacts.write('json', { value });
        assert.equal(ref.value, length + 2 <= 4096 ? value : undefined);
        assert.equal((await artifacts.open(ref)).value, value);
        assert.ok(ref.size > length);
      }
      assert.equal((await artifacts.open(await artifacts.write('json', { value: null as never }))).value, null);
    },
  },
  {
    name: 'a store without space says so in words, names the folder, leaves no part of a blob, and stays readable',
    needs: 'folder',
    async run(subject) {
      // A limit on the size of a file: what a full disk is to a writer, without a disk to fill. In blocks of 512 bytes.
      const other = await start(subject, 'fill', { bytes: 4_000_000 }, 'ulimit -f 2048');
      const answer = (await other.done) as { code?: string; message?: string; again?: number };
      assert.equal(answer.code, 'TY-STORE-FULL', JSON.stringify(answer));
      assert.ok(answer.message?.includes(subject.folder!));
      assert.equal(answer.again, 5);
      const sizes: number[] = [];
      for await (const { size } of subject.store.listBlobs()) sizes.push(size);
      assert.deepEqual(sizes, [5]);
    },
  },
];
