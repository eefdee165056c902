import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Features of the rows of a table, in its order, wherever they are held. */
export interface HeldFeatures {
  readonly rows: number;
  /** Features of a row. */
  readonly width: number;
  /** They are in a file, and only parts of them ever in memory. */
  readonly streamed: boolean;
  /** Features of the rows `[from, to)`, `[rows, width]`. Of a table in memory it is a view. */
  slice(from: number, to: number): Float64Array;
  /** Puts the features of the rows `[from, to)` at the start of `into`, while other work goes on. */
  read(from: number, to: number, into: Float64Array): Promise<void>;
}

/** Takes the features of a table, some rows after the others. */
export interface Keeper<Held> {
  /** `features` is `[rows, width]`, and may be used again afterwards. */
  add(features: Float64Array): void | Promise<void>;
  /** What was kept; called once, after the last row. */
  held(): Held | Promise<Held>;
}

/** Makes the keeper of a table once its size is known. */
export type Keep<Held> = (rows: number, width: number) => Keeper<Held> | Promise<Keeper<Held>>;

/** Everything in one array: for learners that need all rows at once. */
export const inOneArray: Keep<Float64Array> = (rows, width) => {
  const all = new Float64Array(rows * width);
  let at = 0;
  return {
    add: (features) => {
      all.set(features, at);
      at += features.length;
    },
    held: () => all,
  };
};

/**
 * In memory up to so many numbers (rows × features), in a file of `folder` beyond: a rule of the data alone, never of how much memory is
 * free, since rows that are streamed are shuffled in another way. The file has 8 bytes a number and goes with its folder.
 */
export const heldUpTo =
  (most: number, folder: string, name: string): Keep<HeldFeatures> =>
  async (rows, width) => {
    if (rows * width > most) return inFile(join(folder, `${name}.features`), rows, width);
    const keeper = await inOneArray(rows, width);
    return { add: keeper.add, held: async () => inMemory(await keeper.held(), rows, width) };
  };

/** Features that are in memory already. */
export function inMemory(features: Float64Array, rows: number, width: number): HeldFeatures {
  const slice = (from: number, to: number): Float64Array => features.subarray(from * width, to * width);
  return { rows, width, streamed: false, slice, read: async (from, to, into) => into.set(slice(from, to)) };
}

/** Rows of a table that are in memory already, as those are that may be streamed. */
export function heldInMemory<
  Data extends { readonly rows: number; readonly width: number; readonly features: Float64Array },
>(data: Data): Omit<Data, 'features'> & { readonly features: HeldFeatures } {
  return { ...data, features: inMemory(data.features, data.rows, data.width) };
}

async function inFile(path: string, rows: number, width: number): Promise<Keeper<HeldFeatures>> {
  const written = await open(path, 'w');
  return {
    add: async (features) => {
      await written.writeFile(bytesOf(features));
    },
    held: async () => {
      await written.close();
      return {
        rows,
        width,
        streamed: true,
        slice: (from, to) => {
          const into = new Float64Array((to - from) * width);
          const file = openSync(path, 'r');
          try {
            for (let at = 0; at < into.byteLength;) {
              const got = readSync(file, bytesOf(into), at, into.byteLength - at, from * width * 8 + at);
              if (got === 0) throw new RangeError(`${path} ends before row ${to}`);
              at += got;
            }
          } finally {
            closeSync(file);
          }
          return into;
        },
        read: async (from, to, into) => {
          const file = await open(path, 'r');
          const length = (to - from) * width * 8;
          try {
            for (let at = 0; at < length;) {
              const { bytesRead } = await file.read(bytesOf(into), at, length - at, from * width * 8 + at);
              if (bytesRead === 0) throw new RangeError(`${path} ends before row ${to}`);
              at += bytesRead;
            }
          } finally {
            await file.close();
          }
        },
      };
    },
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Rows that are looked at or scored at once where they are streamed: 2 MiB. */
export const atOnceOf = (width: number): number => Math.max(1, Math.floor(2 ** 18 / Math.max(1, width)));
