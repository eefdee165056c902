import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@trainyard/errors';
import { DAMAGED } from './card.js';

/** What a file of a model in the making holds: bytes, text, or the path of a file. */
export type FileContent = Uint8Array | string | { readonly path: string };

/** Where a model's files are: an artifact given to a node, a folder's path, or contents by name. */
export type ModelSource =
  | { bytes(file: string): Promise<Uint8Array>; path?(file: string): Promise<string> }
  | string
  | Readonly<Record<string, FileContent>>;

/** A model's files, read by name. Each throws a UserError for a file that the model lacks. */
export interface ModelFiles {
  bytes(file: string): Promise<Uint8Array>;
  text(file: string): Promise<string>;
  path(file: string): Promise<string>;
  /** Removes what was written so that a path could be given. */
  dispose(): Promise<void>;
}

/** Opens a model's files, wherever they are. */
export function filesOf(source: ModelSource): ModelFiles {
  let folder: Promise<string> | undefined;
  const read = readerOf(source);
  const bytes = async (file: string): Promise<Uint8Array> => plain(await read(file));
  const place = placesOf(source);
  return {
    bytes,
    text: async (file) => new TextDecoder().decode(await bytes(file)),
    path: async (file) => {
      const known = await place(file);
      if (known !== undefined) return known;
      if (!/^[\w-][\w.-]*$/.test(file)) throw missing(file);
      const written = join(await (folder ??= mkdtemp(join(tmpdir(), 'trainyard-model-'))), file);
      await writeFile(written, await bytes(file));
      return written;
    },
    dispose: async () => {
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

/** The same bytes as no Buffer, whose `slice` shares its memory, as no author expects of a Uint8Array. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readerOf(source: ModelSource): (file: string) => Promise<Uint8Array> {
  if (typeof source === 'string') return (file) => fileBytes(join(source, file), file);
  if (isArtifact(source)) return (file) => source.bytes(file);
  return async (file) => {
    const content = Object.hasOwn(source, file) ? source[file] : undefined;
    if (content === undefined) throw missing(file);
    if (content instanceof Uint8Array) return content;
    return typeof content === 'string' ? new TextEncoder().encode(content) : fileBytes(content.path, file);
  };
}

/** Where a file lies already, if it does. */
function placesOf(source: ModelSource): (file: string) => Promise<string | undefined> {
  if (typeof source === 'string') return async (file) => join(source, file);
  if (isArtifact(source)) return async (file) => source.path?.(file);
  return async (file) => {
    const content = Object.hasOwn(source, file) ? source[file] : undefined;
    return typeof content === 'object' && 'path' in content && typeof content.path === 'string'
      ? content.path
      : undefined;
  };
}

function isArtifact(
  source: Exclude<ModelSource, string>,
): source is { bytes(file: string): Promise<Uint8Array>; path?(file: string): Promise<string> } {
  return typeof source['bytes'] === 'function';
}

function fileBytes(path: string, file: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw missing(file, cause);
  });
}

function missing(file: string, cause?: unknown): UserError {
  return new UserError(`the model lacks its file ${file}`, { where: { file }, cause, remedy: DAMAGED });
}
