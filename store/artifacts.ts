import { z } from 'zod';
import type { InputArtifact, OutputArtifact } from '../core/artifact.js';
import { isDigest, type Digest } from '../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import { canonical, type Json } from '../core/json.js';
import { INLINE_BYTES, type Kind, type Ref } from '../core/kinds.js';
import { missingBlob, readBlob } from './blob-store.js';
import { each } from './map-concurrent.js';
import type { BlobSource, Store } from './store.js';

/** Values whose JSON is longer, in bytes, are kept as a blob beside the manifest. */
export const MANIFEST_VALUE_BYTES = 64_000;

/** What an artifact is made of: itself a blob, in canonical JSON, files sorted by name. Its digest is the artifact's. */
export interface Manifest {
  readonly format: 1;
  readonly kind: string;
  /** The value, unless it is large or there is none. */
  readonly value?: Json | undefined;
  /** Where a large value is. */
  readonly valueBlob?: { readonly digest: Digest; readonly size: number } | undefined;
  readonly files: readonly { readonly name: string; readonly digest: Digest; readonly size: number }[];
}

const digest = z.custom<Digest>(isDigest);
const blob = z.object({ digest, size: z.number() });
const manifestSchema: z.ZodType<Manifest> = z.object({
  format: z.literal(1),
  kind: z.string(),
  value: z.custom<Json>().optional(),
  valueBlob: blob.optional(),
  files: z.array(blob.extend({ name: z.string() })),
});

/** Why a name cannot be a file's name in an artifact, or undefined when it can. */
export function fileNameFault(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (/[/\\\0]/.test(name)) return 'it has a slash or a NUL in it';
  if (name === '.' || name === '..') return 'it means a folder';
  if (new TextEncoder().encode(name).length > 255) return 'it is longer than 255 bytes';
  return /\p{Surrogate}/u.test(name) ? 'it is not valid Unicode' : undefined;
}

/** Artifacts over a store's blobs. Equal contents give equal references, whoever writes them, in whatever order. */
export class Artifacts {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Stores an artifact and gives the reference to it, durable on return. Files given as `{ path }` are copied.
   * Throws TY-NODE-OUTPUT for a file name that cannot be one, and a `TypeError` for a value that JSON cannot hold.
   */
  async write(kind: string, artifact: OutputArtifact): Promise<Ref> {
    const contents = Object.entries(artifact.files ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name] of contents) {
      const fault = fileNameFault(name);
      if (fault === undefined) continue;
      throw new TrainyardError('TY-NODE-OUTPUT', {
        what: `${JSON.stringify(name)} cannot be a file of an artifact: ${fault}`,
        where: { file: JSON.stringify(name) },
      });
    }
    const value = artifact.value === undefined ? undefined : canonical(artifact.value);
    const large = value !== undefined && Buffer.byteLength(value) > MANIFEST_VALUE_BYTES;
    const valueBlob = large ? await this.#store.putBlob(Buffer.from(value)) : undefined;
    const files = await each(contents, async ([name, content]) => {
      const source: BlobSource = typeof content === 'string' ? Buffer.from(content) : content;
      const { digest, size } = await this.#store.putBlob(source);
      return { name, digest, size };
    });
    const manifest: Manifest = {
      format: 1,
      kind,
      files,
      ...(value === undefined || large ? {} : { value: JSON.parse(value) as Json }),
      ...(valueBlob ? { valueBlob: { digest: valueBlob.digest, size: valueBlob.size } } : {}),
    };
    const stored = await this.#store.putBlob(Buffer.from(canonical(manifest)));
    const size = files.reduce((sum, file) => sum + file.size, stored.size + (valueBlob?.size ?? 0));
    return {
      kind,
      digest: stored.digest,
      size,
      ...(value !== undefined && value.length <= INLINE_BYTES ? { value: JSON.parse(value) as Json } : {}),
    };
  }

  /** An artifact's manifest. Throws TY-STORE-MISSING, TY-STORE-DAMAGED, and TY-WIRE-KIND when the digest is no artifact's. */
  async manifest(ref: { readonly digest: Digest }): Promise<Manifest> {
    const bytes = await readBlob(this.#store, ref.digest);
    const parsed = manifestSchema.safeParse(parseJson(bytes));
    if (parsed.success) return parsed.data;
    throw new TrainyardError('TY-WIRE-KIND', {
      what: `the blob ${ref.digest} is not an artifact of a format that this version knows`,
      expected: 'a manifest of format 1',
    });
  }

  /**
   * Opens an artifact for reading. Its manifest and value are read now, its files when asked for; all are checked.
   * Throws TY-WIRE-KIND when the artifact is of another kind than the reference says: a sealed table stays sealed.
   */
  async open<K extends Kind>(ref: Ref<K>): Promise<InputArtifact<K>> {
    const store = this.#store;
    const manifest = await this.manifest(ref);
    if (manifest.kind !== ref.kind) {
      throw new TrainyardError('TY-WIRE-KIND', {
        what: `the artifact ${ref.digest} is not of the kind that its reference says`,
        expected: ref.kind,
        actual: manifest.kind,
      });
    }
    const value = manifest.valueBlob ? parseJson(await readBlob(store, manifest.valueBlob.digest)) : manifest.value;
    const digestOf = (file: string): Digest => {
      const found = manifest.files.find(({ name }) => name === file);
      if (found) return found.digest;
      throw new TrainyardError('TY-NODE-INPUT', {
        what: `the ${ref.kind} has no file ${JSON.stringify(file)}`,
        where: { file },
        expected: manifest.files.map(({ name }) => name).join(', ') || 'no files at all',
        actual: file,
      });
    };
    return {
      ref,
      value: value as InputArtifact<K>['value'],
      files: manifest.files.map(({ name }) => name),
      path: async (file) => {
        const blob = digestOf(file);
        const path = await store.blobPath(blob);
        if (path === null) throw missingBlob(store, blob);
        return path;
      },
      bytes: async (file) => readBlob(store, digestOf(file)),
      text: async (file) => new TextDecoder().decode(await readBlob(store, digestOf(file))),
    };
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
