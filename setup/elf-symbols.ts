import { SYMBOL_BYTES } from './elf.js';

/** The section of a symbol that another library defines. */
export const UNDEFINED = 0;

export const sectionOf = (symbols: Buffer, index: number): number => symbols.readUInt16LE(index * SYMBOL_BYTES + 6);

/** The table of names of what stays, each once. */
export class Names {
  readonly #parts: Buffer[] = [Buffer.alloc(1)];
  readonly #places = new Map<number, number>([[0, 0]]);
  length = 1;

  constructor(readonly strings: Buffer) {}

  /** Its new place, of a name that stood at `at`. */
  take(at: number): number {
    const known = this.#places.get(at);
    if (known !== undefined) return known;
    const bytes = this.strings.subarray(at, this.strings.indexOf(0, at) + 1);
    const place = this.length;
    this.#parts.push(bytes);
    this.#places.set(at, place);
    this.length += bytes.length;
    return place;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export interface Kept {
  readonly table: Buffer;
  /** Their former places in the new order. */
  readonly order: readonly number[];
  /** Their new places by the former. */
  readonly places: Uint32Array;
  readonly hashes: Buffer;
}

/** GNU's hash of a name, as 32 bits. */
function hashOfName(strings: Buffer, at: number): number {
  let hash = 5381;
  for (let one = at; strings[one] !== 0; one += 1) hash = (Math.imul(hash, 33) + strings[one]!) >>> 0;
  return hash;
}

/** Symbols that others define come first; the rest is in the order of the hash table's buckets. */
export function keptSymbols(symbols: Buffer, stays: Uint8Array, names: Names): Kept {
  const outside: number[] = [];
  const defined: { index: number; hash: number }[] = [];
  for (let index = 0; index < stays.length; index += 1) {
    if (!stays[index]) continue;
    if (index === 0 || sectionOf(symbols, index) === UNDEFINED) outside.push(index);
    else defined.push({ index, hash: hashOfName(names.strings, symbols.readUInt32LE(index * SYMBOL_BYTES)) });
  }
  const buckets = Math.max(1, Math.ceil(defined.length / 3));
  defined.sort((one, other) => (one.hash % buckets) - (other.hash % buckets));
  const order = [...outside, ...defined.map(({ index }) => index)];
  const places = new Uint32Array(stays.length);
  const table = Buffer.alloc(order.length * SYMBOL_BYTES);
  for (const [place, index] of order.entries()) {
    places[index] = place;
    symbols.copy(table, place * SYMBOL_BYTES, index * SYMBOL_BYTES, (index + 1) * SYMBOL_BYTES);
    table.writeUInt32LE(names.take(table.readUInt32LE(place * SYMBOL_BYTES)), place * SYMBOL_BYTES);
  }
  return { table, order, places, hashes: hashTable(defined, outside.length, buckets) };
}

function hashTable(defined: readonly { readonly hash: number }[], first: number, buckets: number): Buffer {
  const words = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, defined.length / 4))));
  const SHIFT = 14;
  const bytes = Buffer.alloc(16 + words * 8 + (buckets + defined.length) * 4);
  for (const [at, one] of [buckets, first, words, SHIFT].entries()) bytes.writeUInt32LE(one, at * 4);
  const bucketsAt = 16 + words * 8;
  const chainsAt = bucketsAt + buckets * 4;
  for (const [place, { hash }] of defined.entries()) {
    const word = 16 + (Math.floor(hash / 64) % words) * 8;
    const bits = (1n << BigInt(hash % 64)) | (1n << BigInt((hash >>> SHIFT) % 64));
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(word) | bits, word);
    const bucket = bucketsAt + (hash % buckets) * 4;
    if (bytes.readUInt32LE(bucket) === 0) bytes.writeUInt32LE(first + place, bucket);
    const following = defined[place + 1];
    const isLast = !following || following.hash % buckets !== hash % buckets;
    bytes.writeUInt32LE(((hash & ~1) | (isLast ? 1 : 0)) >>> 0, chainsAt + place * 4);
  }
  return bytes;
}
