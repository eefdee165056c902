import type { Digest } from '../core/digest.js';

/** Bytes to be stored: in memory, a file on this machine, or a stream. */
export type BlobSource = Uint8Array | { readonly path: string } | AsyncIterable<Uint8Array>;

/** A name for a record: segments of `[a-z0-9._~=-]` joined by `/`, at most 200 bytes, no segment `.` or `..`. No key may be a folder of another. */
export type StoreKey = string;

/**
 * What Trainyard keeps: blobs by content and small records by key. Only what files and S3 can both promise exactly is
 * here: no rename, no compare-and-swap, no times, no order. Single-flight, lineage and collection are written once, above it.
 * All methods are safe to call from many processes at once. They raise TY-STORE-FULL when there is no space,
 * TY-STORE-REFUSED when this process may not read or write there, TY-STORE-DAMAGED when bytes are not what their digest says.
 */
export interface Store {
  /** How a person names this store: a path, or a bucket's URL. */
  readonly name: string;
  /** Checks that creating is really conditional here; throws TY-STORE-UNFIT otherwise. */
  probe(): Promise<void>;
  /** Stores bytes under their SHA-256: visible whole or not at all, durable on return. `created` is false when they were there. */
  putBlob(source: BlobSource): Promise<{ readonly digest: Digest; readonly size: number; readonly created: boolean }>;
  /** The bytes, or null when there are none. Checked against the digest: a wrong byte throws at the end of the stream. */
  getBlob(digest: Digest): Promise<AsyncIterable<Uint8Array> | null>;
  /** Size of a blob in bytes without reading it, or null when there is none: a cheap look whether it is there. */
  blobSize(digest: Digest): Promise<number | null>;
  /** Path of the blob on this machine, verified once in this process and then known; null when there is none. Never to be written to. */
  blobPath(digest: Digest): Promise<string | null>;
  /** Removes a blob: collectors, and readers that found it damaged. */
  removeBlob(digest: Digest): Promise<void>;
  /**
   * Creates a record: exactly one caller ever gets true for a key, among all processes; durable on return, unless
   * `durable: false` says that losing it with the power does no harm (reservations, markers). With `after` the record
   * comes to be only once that has given true; where it gives false, nothing is created and false is given. What nobody
   * sees, such as writing it elsewhere, may be done meanwhile.
   */
  create(
    key: StoreKey,
    body: Uint8Array,
    options?: { readonly durable?: boolean; readonly after?: Promise<boolean> },
  ): Promise<boolean>;
  /**
   * Replaces a record whole; only for keys with a single writer. Durable on return, unless `durable: false` says that
   * losing it with the power does no harm (heartbeats, counts).
   */
  put(key: StoreKey, body: Uint8Array, options?: { readonly durable?: boolean }): Promise<void>;
  /** A record, or null. Sees every finished `create` and `put`. Throws TY-STORE-RECORD where something else is in its place. */
  get(key: StoreKey): Promise<Uint8Array | null>;
  /** All keys below a prefix that ends in `/` (or all, for the empty prefix); complete, in no order. */
  list(prefix: string): AsyncIterable<{ readonly key: StoreKey; readonly size: number }>;
  /**
   * All blobs; complete, in no order. `storedAt` is when a blob was last stored (or found there by a `putBlob`), in ms
   * since the epoch by the store's own clock, where it keeps such a time: for a collector's grace, never for a decision.
   */
  listBlobs(): AsyncIterable<{ readonly digest: Digest; readonly size: number; readonly storedAt?: number }>;
  /** Removes a record; fine when it is not there, or something else is in its place. */
  remove(key: StoreKey): Promise<void>;
}
