import { createHash } from 'node:crypto';
import type { StudyJson } from 'ml-hyperparameter';
import type { FittedTransform } from '@trainyard/transforms';
import type { Spent } from './account.js';
import type { Candidate, Held } from './candidate.js';

const FORMAT = 'trainyard.best-checkpoint/2';

/** Candidates that were not tried to the end, by why. */
export interface Tried {
  readonly stopped: number;
  readonly failed: number;
  readonly late: number;
}

/** A search between two candidates: with the table and the seed, all that decides how it goes on. */
export interface SearchState {
  /** Says what is searched; a checkpoint of another search is not taken up. */
  readonly fingerprint: string;
  readonly study: StudyJson;
  readonly candidates: readonly Candidate[];
  readonly tried: Tried;
  readonly spent: Spent;
  /** Labels of the rows held out, fold after fold. */
  readonly labels: Float64Array;
  /** Fitted transforms, by fold and form. */
  readonly transforms: Readonly<Record<string, FittedTransform>>;
  /** Columns that no feature was made of, with the reason. */
  readonly left: readonly (readonly [column: string, why: string])[];
}

type Packed = Omit<Candidate, 'kept'> & {
  readonly kept:
    | {
        readonly answers: number;
        readonly models: readonly (Omit<Held, 'files'> & { readonly files: readonly (readonly [string, number])[] })[];
      }
    | undefined;
};

/** Bytes: SHA-256 of the rest, the length of the header (4 bytes), the header as JSON, then answers and files one after the other. */
export function packState({ candidates, labels, ...rest }: SearchState): Uint8Array {
  const blobs: Uint8Array[] = [new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength)];
  const packed = candidates.map(({ kept, ...candidate }): Packed => {
    if (!kept) return { ...candidate, kept: undefined };
    blobs.push(new Uint8Array(kept.answers.buffer, kept.answers.byteOffset, kept.answers.byteLength));
    const models = kept.models.map(({ files, ...model }) => {
      blobs.push(...Object.values(files));
      return { ...model, files: Object.entries(files).map(([name, bytes]) => [name, bytes.length] as const) };
    });
    return { ...candidate, kept: { answers: kept.answers.length, models } };
  });
  const header = new TextEncoder().encode(
    JSON.stringify({ format: FORMAT, ...rest, rows: labels.length, candidates: packed }),
  );
  const size = blobs.reduce((sum, blob) => sum + blob.length, 36 + header.length);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(32, header.length, true);
  bytes.set(header, 36);
  let at = 36 + header.length;
  for (const blob of blobs) {
    bytes.set(blob, at);
    at += blob.length;
  }
  bytes.set(createHash('sha256').update(bytes.subarray(32)).digest(), 0);
  return bytes;
}

/** A search from its bytes, or why it cannot be taken up. */
export function unpackState(bytes: Uint8Array, fingerprint: string): SearchState | { readonly refused: string } {
  const sum = createHash('sha256').update(bytes.subarray(32)).digest();
  if (bytes.length < 36 || !sum.equals(bytes.subarray(0, 32))) return { refused: 'it is damaged' };
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(32, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(36, 36 + size))) as Omit<
    SearchState,
    'candidates' | 'labels'
  > & {
    readonly format: string;
    readonly rows: number;
    readonly candidates: readonly Packed[];
  };
  if (header.format !== FORMAT) return { refused: 'it is of another version' };
  if (header.fingerprint !== fingerprint) return { refused: 'it is of another search' };
  let at = 36 + size;
  // A copy: the slice of a Buffer shares its memory.
  const take = (length: number): Uint8Array => Uint8Array.from(bytes.subarray(at, (at += length)));
  const labels = new Float64Array(take(header.rows * 8).buffer);
  const candidates = header.candidates.map(({ kept, ...candidate }): Candidate => {
    if (!kept) return { ...candidate, kept: undefined };
    const answers = new Float32Array(take(kept.answers * 4).buffer);
    const models = kept.models.map(({ files, ...model }): Held => ({
      ...model,
      files: Object.fromEntries(files.map(([name, length]) => [name, take(length)])),
    }));
    return { ...candidate, kept: { answers, models } };
  });
  const { study, tried, spent, transforms, left } = header;
  return { fingerprint, study, candidates, tried, spent, labels, transforms, left };
}
