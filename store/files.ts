import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../core/digest.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import {
  checkedStream,
  checkHash,
  codeOf,
  copy,
  digestOf,
  linked,
  makeFolders,
  nullIfMissing,
  otherInPlace,
  removeOlder,
  renew,
  storeFull,
  storeRefused,
  unlinkNow,
  walk,
  writeSynced,
} from './durable-write.js';
import { checkDigest, checkKey, checkPrefix } from './keys.js';
import { ReusedFiles } from './reused-files.js';
import { SyncedFolders } from './synced-folders.js';
import type { BlobSource, Store, StoreKey } from './store.js';

/** Unfinished files this old, in milliseconds, belong to a process that was killed. */
const ABANDONED_MS = 24 * 3_600_000;

/** Blobs up to this size are read whole and checked before their first byte is given. */
const SMALL_BYTES = 1 << 20;

/** Blobs up to this size are read and written by synchronous calls: longer ones would hold up whatever else runs here. */
const QUICK_BYTES = 1 << 16;

/** What a file system without hard links answers to one. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK'];

/** Blobs whose check this process remembers; when there are more, it forgets all and checks again. */
const REMEMBERED = 100_000;

/**
 * A store in a folder of a local disk. Blobs lie in `blobs/<2 digits>/<digest>`, records in `records/<key>`, unfinished
 * files in `tmp`. A file is written under a name of its own, then linked to its place: link refuses a name that is
 * taken, which makes `create` exact among processes, and what is seen is whole. Small files are read and written by
 * synchronous calls: these take microseconds, where a trip through the thread pool takes a hundred times as long.
 */
export class FileStore implements Store {
  readonly name: string;
  readonly #records: string;
  readonly #anyTemp: string;
  readonly #folders = new Map<string, 'made' | 'durable'>();
  readonly #verified = new Map<Digest, string>();
  readonly #unique = `${process.pid}-${randomBytes(6).toString('hex')}`;
  readonly #reused = new ReusedFiles(() => this.#tempName());
  readonly #synced = new SyncedFolders();
  #temps = 0;

  /** `folder` is made at the first write. */
  constructor(folder: string) {
    this.name = path.resolve(folder);
    this.#records = path.join(this.name, 'records');
    this.#anyTemp = path.join(this.name, 'tmp', 'any');
  }

  async probe(): Promise<void> {
    const key = `probe/${randomBytes(12).toString('hex')}`;
    try {
      const first = await this.create(key, new Uint8Array(1));
      const second = await this.create(key, new Uint8Array(1));
      if (!first || second) throw unfit(this.name, `create said ${first}, then ${second}`);
    } catch (error) {
      const { code, syscall } = (isTrainyardError(error) ? error.cause : error) as { code?: string; syscall?: string };
      if (syscall === 'link' && code !== undefined && NO_LINKS.includes(code)) throw unfit(this.name, `link: ${code}`);
      throw error;
    } finally {
      await this.remove(key);
    }
  }

  async putBlob(source: BlobSource): Promise<{ digest: Digest; size: number; created: boolean }> {
    if (source instanceof Uint8Array) {
      const digest = digestOf(createHash('sha256').update(source));
      const size = source.byteLength;
      if (this.#holds(digest, size)) return { digest, size, created: false };
      if (size <= QUICK_BYTES) return { digest, size, created: await this.#putQuick(digest, source) };
    }
    return this.#writing(sizeOf(source), async (temp) => {
      // Read-only from birth: a reader that gets the path must not be able to change the blob by mistake.
      const handle = await this.#within(temp, true, () => open(temp, 'wx', 0o444));
      try {
        const { digest, size } = await copy(source, handle);
        if (this.#holds(digest, size)) return { digest, size, created: false };
        await handle.sync();
        return { digest, size, created: await this.#settleBlob(temp, digest) };
      } finally {
        await handle.close();
      }
    });
  }

  async getBlob(digest: Digest): Promise<AsyncIterable<Uint8Array> | null> {
    const file = this.#blobFile(digest);
    const size = await this.blobSize(digest);
    if (size === null) return null;
    if (size > SMALL_BYTES) return checkedStream(file, digest);
    const bytes = size > QUICK_BYTES ? await readFile(file).catch(nullIfMissing) : this.#readNow(file);
    if (bytes === null) return null;
    checkHash(createHash('sha256').update(bytes), digest, file);
    return (async function* () {
      yield bytes;
    })();
  }

  async blobSize(digest: Digest): Promise<number | null> {
    return statSync(this.#blobFile(digest), { throwIfNoEntry: false })?.size ?? null;
  }

  async blobPath(digest: Digest): Promise<string | null> {
    const file = this.#blobFile(digest);
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found) return null;
    const state = `${found.ino} ${found.size} ${found.mtimeMs}`;
    if (this.#verified.get(digest) === state) return file;
    for await (const _ of checkedStream(file, digest));
    if (this.#verified.size >= REMEMBERED) this.#verified.clear();
    this.#verified.set(digest, state);
    return file;
  }

  async removeBlob(digest: Digest): Promise<void> {
    const file = this.#blobFile(digest);
    await this.#inWords(undefined, () => rm(file, { force: true }));
    this.#verified.delete(digest);
  }

  async create(
    key: StoreKey,
    body: Uint8Array,
    { durable = true, after }: { durable?: boolean; after?: Promise<boolean> } = {},
  ): Promise<boolean> {
    const final = this.#recordFile(key);
    if (statSync(final, { throwIfNoEntry: false })) return false;
    if (durable) return this.#inWords(body.byteLength, () => this.#createDurable(final, body, after));
    if (after && !(await after)) return false;
    return this.#inWords(body.byteLength, () =>
      this.#within([final, this.#anyTemp], false, () => this.#reused.create(final, body)),
    );
  }

  async put(key: StoreKey, body: Uint8Array, { durable = true }: { durable?: boolean } = {}): Promise<void> {
    const final = this.#recordFile(key);
    await this.#writing(body.byteLength, async (temp) => {
      await this.#within(temp, durable, () =>
        durable ? writeSynced(temp, body, 0o666) : writeFileSync(temp, body, { flag: 'wx' }),
      );
      await this.#within(final, durable, () => renameSync(temp, final));
      if (durable) await this.#synced.sync(path.dirname(final));
    });
  }

  async get(key: StoreKey): Promise<Uint8Array | null> {
    const file = this.#recordFile(key);
    const found = statSync(file, { throwIfNoEntry: false });
    // Most records that are asked for are not there, and an error with its stack costs ten times this look.
    if (!found) return null;
    if (found.isFile()) return this.#readNow(file);
    throw otherInPlace(file);
  }

  async *list(prefix: string): AsyncIterable<{ key: StoreKey; size: number }> {
    const folder = path.join(this.#records, checkPrefix(prefix));
    try {
      for await (const { file, size } of walk(folder))
        yield { key: path.relative(this.#records, file).split(path.sep).join('/'), size };
    } catch (error) {
      throw storeRefused(error, this.name) ?? error;
    }
  }

  async *listBlobs(): AsyncIterable<{ digest: Digest; size: number; storedAt: number }> {
    for await (const { file, size, writtenAt } of walk(path.join(this.name, 'blobs')))
      yield { digest: path.basename(file) as Digest, size, storedAt: writtenAt };
  }

  async remove(key: StoreKey): Promise<void> {
    const file = this.#recordFile(key);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) return;
    await this.#inWords(undefined, () => this.#reused.remove(file));
  }

  async #putQuick(digest: Digest, bytes: Uint8Array): Promise<boolean> {
    return this.#writing(bytes.byteLength, async (temp) => {
      await this.#within(temp, true, () => writeSynced(temp, bytes, 0o444));
      return this.#settleBlob(temp, digest);
    });
  }

  /** Gives a written blob its name; false when another was faster. */
  async #settleBlob(temp: string, digest: Digest): Promise<boolean> {
    const final = this.#blobFile(digest);
    // A blob of another length is a damaged one: it is replaced by the whole one.
    if (statSync(final, { throwIfNoEntry: false })) await rename(temp, final);
    else if (!(await this.#within(final, true, () => linked(temp, final)))) return false;
    await this.#synced.sync(path.dirname(final));
    return true;
  }

  async #createDurable(final: string, body: Uint8Array, after?: Promise<boolean>): Promise<boolean> {
    const temp = this.#tempName();
    // Its failure is met below.
    after?.catch(() => undefined);
    try {
      await this.#within(temp, true, () => writeSynced(temp, body, 0o666));
      if (after && !(await after)) return false;
      const link = this.#within(final, true, () => linked(temp, final));
      if (!(typeof link === 'boolean' ? link : await link)) return false;
    } finally {
      unlinkNow(temp);
    }
    await this.#synced.sync(path.dirname(final));
    return true;
  }

  /** Gives a write its temporary name, and removes what is left under it. */
  async #writing<T>(need: number | undefined, write: (temp: string) => Promise<T>): Promise<T> {
    const temp = this.#tempName();
    return this.#inWords(need, () => write(temp).finally(() => unlinkNow(temp)));
  }

  #tempName(): string {
    const temp = path.join(this.name, 'tmp', `${this.#unique}-${this.#temps++}`);
    if (this.#temps === 1) removeOlder(path.dirname(temp), ABANDONED_MS);
    return temp;
  }

  /** Says in words when there is no space, or no permission. What is done at once is not waited for. */
  #inWords<T>(need: number | undefined, write: () => T | Promise<T>): T | Promise<T> {
    const say = (error: unknown): never => {
      throw storeFull(error, this.name, need) ?? storeRefused(error, this.name) ?? error;
    };
    try {
      const done = write();
      return done instanceof Promise ? done.catch(say) : done;
    } catch (error) {
      return say(error);
    }
  }

  /** Makes the folders of files, then acts on these; once more when a folder was removed since this process made it. */
  #within<T>(files: string | readonly string[], durable: boolean, act: () => T | Promise<T>): T | Promise<T> {
    const folders = typeof files === 'string' ? [path.dirname(files)] : files.map((file) => path.dirname(file));
    const anew = async (error: unknown): Promise<T> => {
      if (codeOf(error) !== 'ENOENT' || folders.every((folder) => statSync(folder, { throwIfNoEntry: false })))
        throw error;
      this.#folders.clear();
      await this.#makeAll(folders, durable);
      return act();
    };
    const attempt = (): T | Promise<T> => {
      try {
        const done = act();
        return done instanceof Promise ? done.catch(anew) : done;
      } catch (error) {
        return anew(error);
      }
    };
    // What is there already is not waited for: each wait costs a promise or two, for every file of every node.
    const missing = folders.filter((folder) => !this.#isMade(folder, durable));
    return missing.length === 0 ? attempt() : this.#makeAll(missing, durable).then(attempt);
  }

  async #makeAll(folders: readonly string[], durable: boolean): Promise<void> {
    for (const folder of folders) await this.#makeFolder(folder, durable);
  }

  #isMade(folder: string, durable: boolean): boolean {
    const known = this.#folders.get(folder);
    return known === 'durable' || (known !== undefined && !durable);
  }

  async #makeFolder(folder: string, durable: boolean): Promise<void> {
    const first = makeFolders(folder);
    if (first !== undefined && durable)
      for (let made = folder; made.length >= first.length; made = path.dirname(made))
        await this.#synced.sync(path.dirname(made));
    this.#folders.set(folder, durable ? 'durable' : 'made');
  }

  #readNow(file: string): Uint8Array | null {
    try {
      return readFileSync(file);
    } catch (error) {
      const refused = storeRefused(error, this.name);
      if (refused) throw refused;
      return nullIfMissing(error);
    }
  }

  /** Whether a blob of this size is there; if so, its time is renewed. */
  #holds(digest: Digest, size: number): boolean {
    const file = this.#blobFile(digest);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.size !== size) return false;
    renew(file, found.mtimeMs);
    return true;
  }

  #blobFile(digest: Digest): string {
    const hex = checkDigest(digest).slice('sha256-'.length);
    return `${this.name}${path.sep}blobs${path.sep}${hex.slice(0, 2)}${path.sep}${digest}`;
  }

  #recordFile(key: StoreKey): string {
    return `${this.#records}${path.sep}${checkKey(key)}`;
  }
}

/** Bytes of a source, where they are known before it is read. */
function sizeOf(source: BlobSource): number | undefined {
  if (source instanceof Uint8Array) return source.byteLength;
  return 'path' in source ? statSync(source.path, { throwIfNoEntry: false })?.size : undefined;
}

function unfit(name: string, actual: string): TrainyardError {
  return new TrainyardError('TY-STORE-UNFIT', {
    what: `the file system of ${name} cannot create a file only where there is none`,
    where: { file: name },
    expected: 'hard links, as local file systems have them',
    actual,
  });
}
