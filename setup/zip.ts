import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { setupError } from './errors.js';

// Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error('the file ends too early');
  return buffer;
}

async function entries(file: FileHandle): Promise<Entry[]> {
  const { size } = await file.stat();
  // The end record has 22 bytes and a comment of up to 65,535.
  const tail = await bytesAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--;
  if (end < 0) throw new Error('it has no central directory: it is cut off, or no zip file');
  const [count, length, start] = [
    tail.readUInt16LE(end + 10),
    tail.readUInt32LE(end + 12),
    tail.readUInt32LE(end + 16),
  ];
  if (count === 0xffff || start === 0xffffffff) throw new Error('it uses the zip64 format');
  const directory = await bytesAt(file, start, length);
  const found: Entry[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (directory.readUInt32LE(at) !== centralSignature) throw new Error('its central directory is damaged');
    const [nameLength, extra, comment] = [
      directory.readUInt16LE(at + 28),
      directory.readUInt16LE(at + 30),
      directory.readUInt16LE(at + 32),
    ];
    found.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + extra + comment;
  }
  return found;
}

/** The place of an entry under `folder`; refuses names that lead out of it. */
function placeUnder(folder: string, name: string): string {
  const place = normalize(name);
  if (
    isAbsolute(place) ||
    place === '..' ||
    place.startsWith(`..${sep}`) ||
    place.includes('\0') ||
    name.includes('\\')
  ) {
    throw new Error(`the entry "${name}" leads out of the folder`);
  }
  return join(folder, place);
}

async function unpackEntry(
  archive: string,
  file: FileHandle,
  entry: Entry,
  target: string,
  mode: number,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const local = await bytesAt(file, entry.offset, 30);
  if (local.readUInt32LE(0) !== localSignature) throw new Error(`the entry "${entry.name}" is damaged`);
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const out = createWriteStream(target, { mode });
  if (entry.packed === 0) {
    await pipeline([], out);
  } else {
    const packed = createReadStream(archive, { start, end: start + entry.packed - 1, highWaterMark: 1 << 20 });
    if (entry.method === 8) await pipeline(packed, createInflateRaw({ chunkSize: 1 << 20 }), out);
    else if (entry.method === 0) await pipeline(packed, out);
    else throw new Error(`the entry "${entry.name}" uses compression method ${entry.method}`);
  }
  if (out.bytesWritten !== entry.size) throw new Error(`the entry "${entry.name}" has the wrong length`);
}

/**
 * Unpacks chosen files of a zip archive, as streams: memory stays at a few MB whatever the size.
 * @param choose the place under `folder` for an entry of this name, or `undefined` to leave it out.
 * @param mode of the files written.
 * @returns how many files were written.
 * @throws {TrainyardError} TY-DOWNLOAD when the archive is damaged, or an entry leads out of the folder.
 */
export async function unpackZip(
  archive: string,
  folder: string,
  choose: (name: string) => string | undefined,
  mode = 0o644,
): Promise<number> {
  const file = await open(archive);
  try {
    let written = 0;
    for (const entry of await entries(file)) {
      const place = entry.name.endsWith('/') ? undefined : choose(entry.name);
      if (place === undefined) continue;
      await unpackEntry(archive, file, entry, placeUnder(folder, place), mode);
      written++;
    }
    return written;
  } catch (error) {
    throw setupError('archive', { file: archive, reason: (error as Error).message }, error);
  } finally {
    await file.close();
  }
}
