import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { storeCases } from '../worker/testing/index.js';
import { FileStore, openStore } from './index.js';
import { MOST_REUSED } from './reused-files.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const fresh = (): string => mkdtempSync(path.join(root, 'store-'));

// Fifty processes on two busy cores take their time.
for (const one of storeCases)
  test(
    one.name,
    async () => {
      const folder = fresh();
      await one.run({
        url: folder,
        store: openStore(folder),
        folder,
        damage: async (digest) => {
          const file = path.join(folder, 'blobs', digest.slice(7, 9), digest);
          const bytes = readFileSync(file);
          bytes[bytes.length >> 1]! ^= 1;
          chmodSync(file, 0o644);
          writeFileSync(file, bytes);
        },
      });
      const left = readdirSync(folder).includes('tmp') ? readdirSync(path.join(folder, 'tmp')).length : 0;
      // Six processes are killed in one of the cases; this one keeps the files that it writes again and one empty one.
      expect(left).toBeLessThanOrEqual(6 + MOST_REUSED + 1);
    },
    180_000,
  );

test('a store is named by a path or a file: URL; other kinds are refused in words, without their password', () => {
  const folder = fresh();
  expect(openStore(folder).name).toBe(folder);
  expect(openStore(pathToFileURL(folder).href).name).toBe(folder);
  expect(openStore('data/store', folder).name).toBe(path.join(folder, 'data', 'store'));
  expect(() => openStore('s3://me:secret@bucket/path')).toThrow(/TY-CONFIG/);
  expect(() => openStore('s3://me:secret@bucket/path')).not.toThrow(/secret/);
  expect(() => openStore('')).toThrow(/TY-CONFIG/);
});

test('a process tidies up behind its stores once, however many records it made', async () => {
  vi.resetModules();
  const { FileStore: Fresh } = await import('./files.js');
  const store = new Fresh(fresh());
  const before = process.listenerCount('exit');
  for (let at = 0; at < 20; at++) await store.create(`a/${at}`, Buffer.from('1'), { durable: false });
  expect(process.listenerCount('exit') - before).toBeLessThanOrEqual(1);
});

test('writing goes on after the folder was removed behind the store', async () => {
  const folder = fresh();
  const store = new FileStore(folder);
  await store.create('a/b', Buffer.from('1'));
  rmSync(folder, { recursive: true });
  expect(await store.create('a/b', Buffer.from('2'))).toBe(true);
  expect((await store.putBlob(Buffer.from('x'))).created).toBe(true);
  await store.put('a/c', Buffer.from('3'));
  expect(Buffer.from((await store.get('a/c'))!).toString()).toBe('3');
});

test('what a killed writer left is removed a day later by the next process, what is being written is not', async () => {
  const folder = fresh();
  mkdirSync(path.join(folder, 'tmp'));
  const [old, young] = [path.join(folder, 'tmp', 'old'), path.join(folder, 'tmp', 'young')];
  for (const file of [old, young]) writeFileSync(file, 'part of a blob');
  const days = (n: number): Date => new Date(Date.now() - n * 24 * 3_600_000);
  utimesSync(old, days(1.1), days(1.1));
  utimesSync(young, days(0.9), days(0.9));
  await new FileStore(folder).putBlob(Buffer.from('x'));
  expect(readdirSync(path.join(folder, 'tmp'))).toEqual(['young']);
});

test('a blob cut short by a broken disk is replaced when it is stored again', async () => {
  const folder = fresh();
  const store = new FileStore(folder);
  const { digest } = await store.putBlob(Buffer.from('whole'));
  const file = (await store.blobPath(digest))!;
  chmodSync(file, 0o644);
  writeFileSync(file, 'who');
  expect((await store.putBlob(Buffer.from('whole'))).created).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('whole');
});

test('a source that is not there is said as it is, and leaves nothing', async () => {
  const folder = fresh();
  await expect(new FileStore(folder).putBlob({ path: path.join(folder, 'none') })).rejects.toThrow(/ENOENT/);
  expect(readdirSync(path.join(folder, 'tmp'))).toEqual([]);
});

const mount = `mount -t tmpfs -o size=2m none "$0"`;
const canMount = spawnSync('unshare', ['-Urm', 'sh', '-c', mount, fresh()]).status === 0;

/** A program, bundled, in a namespace in which a shell script has made a folder what it is to be. */
async function runIn(folder: string, script: string, source: string): Promise<unknown> {
  const { build } = await import('esbuild');
  const program = path.join(fresh(), 'program.mjs');
  const resolveDir = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
  await build({
    stdin: { contents: source, resolveDir, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const inside = `${script} && "$1" "$2" "$0"`;
  const done = spawnSync('unshare', ['-Urm', 'sh', '-c', inside, folder, process.execPath, program]);
  return JSON.parse(done.stdout.toString());
}

test.skipIf(!canMount)('a disk that is really full is said in words', async () => {
  const source = `import { FileStore } from './store/files.ts';
    const store = new FileStore(process.argv[2]);
    await store.putBlob(Buffer.from('small'));
    const said = await store.putBlob(Buffer.alloc(5_000_000, 1)).catch((error) => error);
    let made = 0, error;
    while (!error) await store.create('r/' + made, Buffer.alloc(100_000)).then(() => made++, (e) => { error = e; });
    console.log(JSON.stringify([said.code, said.message, made > 3, error.code]));`;
  const folder = fresh();
  const [code, message, made, second] = (await runIn(folder, mount, source)) as [string, string, boolean, string];
  expect([code, made, second]).toEqual(['TY-STORE-FULL', true, 'TY-STORE-FULL']);
  expect(message).toContain(folder);
  expect(message).toContain('no space is left');
});

test.skipIf(!canMount)(
  'a store on a disk that is mounted for reading only says so with every write, and is read',
  async () => {
    const folder = fresh();
    const store = new FileStore(folder);
    const { digest } = await store.putBlob(Buffer.from('blob'));
    await store.create('a/b', Buffer.from('1'));
    const source = `import { FileStore } from './store/files.ts';
    const store = new FileStore(process.argv[2]);
    const tried = [() => store.putBlob(Buffer.from('x')), () => store.putBlob(Buffer.alloc(100_000)), () => store.probe(),
      () => store.create('c/d', Buffer.from('1')), () => store.create('c/e', Buffer.from('1'), { durable: false }),
      () => store.put('a/b', Buffer.from('2')), () => store.remove('a/b'), () => store.removeBlob('${digest}')];
    const said = [];
    for (const write of tried) said.push(await write().then(() => 'written', (error) => [error.code, error.message]));
    console.log(JSON.stringify([said, String(await store.get('a/b'))]));`;
    const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"';
    const [said, read] = (await runIn(folder, script, source)) as [[string, string][], string];
    expect(read).toBe('1');
    for (const [code, message] of said) {
      expect(code, message).toBe('TY-STORE-REFUSED');
      expect(message).toContain(`the store ${folder} refuses: it is mounted for reading only`);
      expect(message).toContain('to do:    give the user');
    }
  },
);
