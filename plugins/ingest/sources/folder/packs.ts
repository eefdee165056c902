import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  link,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import { TransientError } from '../../../../core/index.js';
import { lookAt, type FoundFile } from './listing.js';

/** A file of a snapshot: where its bytes stand in a pack, and their digest. */
export interface PackedFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly pack: string;
  readonly offset: number;
}

/** What is kept of a file between snapshots. */
interface KnownFile extends PackedFile {
  /** As the file stood when it was read; empty where it may have changed since within one tick of the clock. */
  readonly stamp: string;
}

/** What is kept between snapshots: files, and by the name of a pack the file that holds it. */
interface Index {
  readonly format: 1;
  readonly files: readonly KnownFile[];
  readonly packs: Readonly<Record<string, { readonly kept: string; readonly size: number }>>;
}

/** How many packs so many files are in, so that a change writes a part of them anew. */
function packCount(files: number): number {
  return files <= 1_000 ? 1 : files <= 20_000 ? 16 : 256;
}

/** A file that was changed within this time before it was read may change again without another time, ms. */
const SETTLED_MS = 2_000;
const INDEX = 'index.json';

/** What is needed to pack a folder. */
export interface PackAsk {
  readonly folder: string;
  /** As errors call it. */
  readonly said: string;
  readonly files: readonly FoundFile[];
  readonly into: string;
  readonly kept: string | undefined;
  readonly signal: AbortSignal;
  progress(done: number, of: number): void;
}

/**
 * Packs the files of a folder, one after the other in the order of their names: which pack holds a file follows from its name and
 * their number. A file that stands as it did is taken from what is kept, unread. Gives the files, the packs, and how many
 * files were read. Throws a TransientError where a file changes meanwhile.
 */
export async function packFiles(ask: PackAsk): Promise<{ files: PackedFile[]; packs: string[]; read: number }> {
  const { files, into, kept, signal } = ask;
  const count = packCount(files.length);
  const known = kept === undefined ? undefined : await readIndex(kept);
  const former = new Map(known?.files.map((one) => [one.name, one]));
  const byPack = new Map<string, FoundFile[]>();
  for (const file of files) {
    const pack = packOf(file.name, count);
    const held = byPack.get(pack);
    if (held) held.push(file);
    else byPack.set(pack, [file]);
  }
  const packed: KnownFile[] = [];
  const packs: Record<string, Index['packs'][string]> = {};
  let read = 0;
  let done = 0;
  for (const [pack, within] of [...byPack].sort(([a], [b]) => (a < b ? -1 : 1))) {
    signal.throwIfAborted();
    const unchanged = within.map((file) => sameAs(former.get(file.name), file));
    const formerPack = known?.packs[pack];
    const isWhole =
      formerPack !== undefined &&
      unchanged.every((one) => one?.pack === pack) &&
      known?.files.filter((one) => one.pack === pack).length === within.length;
    const target = path.join(into, pack);
    if (isWhole && kept !== undefined) {
      await linkOrCopy(path.join(kept, formerPack.kept), target);
      packed.push(...(unchanged as KnownFile[]));
      packs[pack] = formerPack;
    } else {
      const written = await writePack(ask, pack, within, unchanged, known, target);
      read += written.read;
      packed.push(...written.files);
      packs[pack] = { kept: `${written.sha256}.pack`, size: written.size };
    }
    done += within.length;
    ask.progress(done, files.length);
  }
  packed.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (kept !== undefined) await keep(kept, into, { format: 1, files: packed, packs });
  return {
    files: packed.map(({ stamp: _, ...file }) => file),
    packs: Object.keys(packs),
    read,
  };
}

function packOf(name: string, count: number): string {
  const first = createHash('sha256').update(name).digest()[0] ?? 0;
  return `pack-${(first % count).toString(16).padStart(2, '0')}`;
}

function sameAs(known: KnownFile | undefined, file: FoundFile): KnownFile | undefined {
  return known && known.stamp !== '' && known.stamp === file.stamp && known.size === file.size ? known : undefined;
}

async function writePack(
  { folder, said, kept, signal }: PackAsk,
  pack: string,
  files: readonly FoundFile[],
  unchanged: readonly (KnownFile | undefined)[],
  known: Index | undefined,
  target: string,
): Promise<{ files: KnownFile[]; read: number; size: number; sha256: string }> {
  const out = await open(target, 'w');
  const whole = createHash('sha256');
  const written: KnownFile[] = [];
  const opened = new Map<string, FileHandle>();
  let [read, offset] = [0, 0];
  try {
    for (const [i, file] of files.entries()) {
      signal.throwIfAborted();
      const same = unchanged[i];
      const from = same && known?.packs[same.pack];
      let bytes =
        same && from && kept !== undefined ? await slice(opened, path.join(kept, from.kept), same) : undefined;
      let stamp = file.stamp;
      if (bytes === undefined) {
        const startedMs = Date.now();
        bytes = await readWhole(folder, said, file);
        read++;
        if (startedMs - file.changedMs < SETTLED_MS) stamp = '';
      }
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await out.write(bytes);
      whole.update(bytes);
      written.push({ name: file.name, size: bytes.length, sha256, pack, offset, stamp });
      offset += bytes.length;
    }
  } finally {
    await out.close();
    for (const handle of opened.values()) await handle.close();
  }
  return { files: written, read, size: offset, sha256: whole.digest('hex') };
}

/** The bytes of a file out of a kept pack; undefined where they are not there any more, or are others. */
async function slice(opened: Map<string, FileHandle>, pack: string, file: KnownFile): Promise<Buffer | undefined> {
  try {
    let handle = opened.get(pack);
    if (!handle) opened.set(pack, (handle = await open(pack)));
    const bytes = Buffer.alloc(file.size);
    const { bytesRead } = await handle.read(bytes, 0, file.size, file.offset);
    const isSame = bytesRead === file.size && createHash('sha256').update(bytes).digest('hex') === file.sha256;
    return isSame ? bytes : undefined;
  } catch {
    return undefined;
  }
}

async function readWhole(folder: string, said: string, file: FoundFile): Promise<Buffer> {
  const changed = (cause?: unknown): TransientError =>
    new TransientError(`${said}/${file.name} changed while it was read`, { where: { file: file.name }, cause });
  try {
    const bytes = await readFile(path.join(folder, file.name));
    const after = await lookAt(folder, file.name);
    if (bytes.length !== file.size || after.stamp !== file.stamp) throw changed();
    return bytes;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? changed(error) : error;
  }
}

async function readIndex(kept: string): Promise<Index | undefined> {
  try {
    const index = JSON.parse(await readFile(path.join(kept, INDEX), 'utf8')) as Index;
    if (index.format !== 1) return undefined;
    for (const { kept: file, size } of Object.values(index.packs))
      if ((await stat(path.join(kept, file))).size !== size) return undefined;
    return index;
  } catch {
    return undefined;
  }
}

/** Keeps packs under names of their content, then the index that names them, then drops what no index names. */
async function keep(kept: string, into: string, index: Index): Promise<void> {
  await mkdir(kept, { recursive: true });
  for (const [pack, { kept: file }] of Object.entries(index.packs)) {
    const place = path.join(kept, file);
    if (await stat(place).catch(() => undefined)) continue;
    const begun = `${place}.${process.pid}`;
    await linkOrCopy(path.join(into, pack), begun);
    await rename(begun, place);
  }
  const begun = path.join(kept, `${INDEX}.${process.pid}`);
  await writeFile(begun, JSON.stringify(index));
  await rename(begun, path.join(kept, INDEX));
  const named = new Set([INDEX, ...Object.values(index.packs).map((one) => one.kept)]);
  for (const name of await readdir(kept))
    if (!named.has(name) && !name.startsWith('.')) await rm(path.join(kept, name), { force: true });
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
}

/** The bytes of packed files, pack by pack in the order in which they stand there. */
export async function* readPacked(
  files: readonly PackedFile[],
  pathOf: (pack: string) => Promise<string>,
): AsyncGenerator<{ readonly file: PackedFile; readonly bytes: Buffer }> {
  const byPack = new Map<string, PackedFile[]>();
  for (const file of files) {
    const within = byPack.get(file.pack);
    if (within) within.push(file);
    else byPack.set(file.pack, [file]);
  }
  for (const [pack, within] of byPack) {
    within.sort((a, b) => a.offset - b.offset);
    let next = 0;
    let held: Buffer[] = [];
    let length = 0;
    const give = (): { file: PackedFile; bytes: Buffer }[] => {
      const given: { file: PackedFile; bytes: Buffer }[] = [];
      let all: Buffer | undefined;
      let from = 0;
      for (; next < within.length && (within[next]?.size ?? 0) <= length; next++) {
        const file = within[next] as PackedFile;
        all ??= Buffer.concat(held);
        given.push({ file, bytes: all.subarray(from, from + file.size) });
        from += file.size;
        length -= file.size;
      }
      if (all) held = [all.subarray(from)];
      return given;
    };
    for await (const piece of createReadStream(await pathOf(pack), { highWaterMark: 1 << 20 })) {
      held.push(piece as Buffer);
      length += (piece as Buffer).length;
      yield* give();
    }
    yield* give();
  }
}
