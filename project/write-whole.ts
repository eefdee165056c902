import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';

/** Writes a file whose name says its content: whole or not at all, and only once. */
export async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  if (await exists(file)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await replaceWhole(file, content);
}

/** Replaces a file whole: readers see the old or the new content, never a part. */
export async function replaceWhole(file: string, content: Uint8Array | string, mode?: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(temporary, content, mode === undefined ? {} : { mode });
  // Where a full disk cuts a write short, Node 20.3 loses its place and says nothing.
  if ((await stat(temporary)).size !== Buffer.byteLength(content)) {
    await rm(temporary, { force: true });
    throw new TrainyardError('TY-STORE-FULL', { what: `${file} could not be written whole`, where: { file } });
  }
  await rename(temporary, file);
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
