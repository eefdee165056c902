import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { fromFdPromise } from 'yauzl';
import { UserError } from '../../../core/index.js';

/** A file that rows are read from. */
export interface FormatFile {
  readonly path: string;
  /** What people call it; inside an archive, after the archive's name. */
  readonly name: string;
}

/** What a byte may unpack to, on the whole, once more than `SMALL` bytes have come out. */
const [RATIO, SMALL] = [500, 256e6];
/** Names of archives that are not unpacked, and of those that are not in another. */
const OTHERS = /\.(tar|tgz|tar\.\w+|7z|rar|xz|bz2|zst)$/i;
const ARCHIVES = /\.(zip|gz|tar|tgz|7z|rar|xz|bz2|zst)$/i;
/** The most files of one archive. */
const MOST_FILES = 100_000;

/**
 * The files themselves, those of archives (`.zip`) and compressed ones (`.gz`) unpacked into a folder under names of our own. Hidden files in archives are left
 * out. Throws a UserError for an archive that is damaged or encrypted, in which a name leads out of it, or that unpacks to
 * far more than it is.
 */
export async function unpackFiles(
  files: readonly FormatFile[],
  scratch: string,
  signal: AbortSignal,
): Promise<readonly FormatFile[]> {
  const unpacked: FormatFile[] = [];
  const folder = path.join(scratch, 'unpacked');
  for (const file of files) {
    const ending = path.extname(file.name).toLowerCase();
    if (ending === '.zip') unpacked.push(...(await unzip(file, path.join(folder, `z${unpacked.length}`), signal)));
    else if (ending === '.gz' && !/\.tar\.gz$/i.test(file.name))
      unpacked.push(await gunzip(file, folder, unpacked.length, signal));
    else if (OTHERS.test(file.name)) throw notUnpacked(file.name, 'an archive of a kind');
    else unpacked.push(file);
  }
  return unpacked;
}

async function unzip(archive: FormatFile, folder: string, signal: AbortSignal): Promise<FormatFile[]> {
  await mkdir(folder, { recursive: true });
  const { size } = await stat(archive.path);
  const handle = await open(archive.path);
  const bound = new Bound(archive.name, size);
  try {
    // It refuses absolute names, names with `..` and with backslashes, and entries that unpack to more than they say.
    const zip = await fromFdPromise(handle.fd, { strictFileNames: true });
    const files: FormatFile[] = [];
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      const parts = entry.fileName.split('/');
      if (entry.fileName.endsWith('/') || parts.some((part) => part.startsWith('.') || part === '__MACOSX')) continue;
      if (ARCHIVES.test(entry.fileName))
        throw notUnpacked(`${archive.name}/${entry.fileName}`, 'an archive in an archive');
      if (files.length >= MOST_FILES) throw bound.refused(`more than ${MOST_FILES} files`);
      const to = path.join(folder, String(files.length));
      await pipeline(await zip.openReadStreamPromise(entry), bound.through(), createWriteStream(to), { signal });
      files.push({ path: to, name: `${archive.name}/${entry.fileName}` });
    }
    if (files.length === 0)
      throw new UserError(`the archive ${archive.name} holds no file`, { where: { file: archive.name } });
    return files;
  } catch (error) {
    throw damaged(archive.name, error, signal);
  } finally {
    await handle.close();
  }
}

async function gunzip(file: FormatFile, folder: string, place: number, signal: AbortSignal): Promise<FormatFile> {
  await mkdir(folder, { recursive: true });
  const to = path.join(folder, `g${place}`);
  const bound = new Bound(file.name, (await stat(file.path)).size);
  try {
    await pipeline(createReadStream(file.path), createGunzip(), bound.through(), createWriteStream(to), { signal });
  } catch (error) {
    throw damaged(file.name, error, signal);
  }
  return { path: to, name: file.name.slice(0, -'.gz'.length) };
}

/** Counts what comes out of an archive, and ends what comes out without end. */
class Bound {
  readonly #most: number;
  readonly #name: string;
  #bytes = 0;

  constructor(name: string, packed: number) {
    this.#name = name;
    this.#most = Math.max(SMALL, packed * RATIO);
  }

  through(): Transform {
    return new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        this.#bytes += piece.length;
        if (this.#bytes > this.#most) done(this.refused(`more than ${this.#most} bytes`));
        else done(null, piece);
      },
    });
  }

  refused(actual: string): UserError {
    return new UserError(`${this.#name} unpacks to far more than it is`, {
      where: { file: this.#name },
      expected: `at most ${RATIO} bytes for each of its own`,
      actual,
      remedy: 'unpack it yourself, and name the files',
    });
  }
}

function damaged(name: string, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof UserError || signal.aborted) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/^E(NOSPC|IO|ACCES|MFILE)$/.test(code)) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new UserError(`the archive ${name} cannot be unpacked`, {
    where: { file: name },
    expected: 'a whole archive, without a password, whose names stay inside of it',
    actual: said,
    cause: error,
  });
}

function notUnpacked(name: string, kind: string): UserError {
  return new UserError(`${name} is ${kind} that is not unpacked`, {
    where: { file: name },
    expected: '.zip, or .gz of one file',
    remedy: 'unpack it, and name the files',
  });
}
