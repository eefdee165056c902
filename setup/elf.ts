import { fstatSync, readSync } from 'node:fs';

// System V ABI for x86-64, chapters 4 and 5; what GNU adds, in the Linux Standard Base, chapter 10.

/** Tags of the dynamic section. */
export const DT = {
  null: 0,
  needed: 1,
  hash: 4,
  pltRelSize: 2,
  strings: 5,
  symbols: 6,
  rela: 7,
  relaSize: 8,
  stringsSize: 10,
  soname: 14,
  runPath: 29,
  pltRelKind: 20,
  pltRel: 23,
  gnuHash: 0x6ffffef5,
  versions: 0x6ffffff0,
  relaCount: 0x6ffffff9,
  versionsDefined: 0x6ffffffc,
  versionsDefinedCount: 0x6ffffffd,
  versionsNeeded: 0x6ffffffe,
  versionsNeededCount: 0x6fffffff,
} as const;

/** Kinds of relocations. */
export const R = { absolute: 1, copied: 6, jump: 7, relative: 8, chosen: 37 } as const;

export const PT = { none: 0, load: 1, dynamic: 2, program: 6, stack: 0x6474e551 } as const;
export const HEADER_BYTES = 64;
export const SEGMENT_BYTES = 56;
export const SYMBOL_BYTES = 24;
export const RELOCATION_BYTES = 24;
export const PAGE = 4096;

export interface Segment {
  readonly kind: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  /** As they stand in the file. */
  readonly bytes: Buffer;
}

export interface Elf {
  readonly header: Buffer;
  readonly segments: readonly Segment[];
  /** In their order, without the end. */
  readonly dynamic: readonly (readonly [tag: number, value: number])[];
  /** Bytes of the first segment, whose addresses are its places in the file. */
  at(address: number, bytes: number): Buffer;
}

export const number64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

/** What a library says of itself; undefined where it is none for 64-bit x86 in the usual layout. */
export function readElf(file: number): Elf | undefined {
  const read = (offset: number, bytes: number): Buffer => {
    const buffer = Buffer.alloc(bytes);
    for (let done = 0; done < bytes;) {
      const got = readSync(file, buffer, done, bytes - done, offset + done);
      if (got === 0) throw new Error(`the library ends at byte ${offset + done}`);
      done += got;
    }
    return buffer;
  };
  if (fstatSync(file).size < HEADER_BYTES) return undefined;
  const header = read(0, HEADER_BYTES);
  const isX64 = header.toString('hex', 0, 6) === '7f454c460201' && header.readUInt16LE(18) === 62;
  if (!isX64 || number64(header, 32) !== HEADER_BYTES) return undefined;
  const table = read(HEADER_BYTES, header.readUInt16LE(56) * SEGMENT_BYTES);
  const segments = Array.from({ length: table.length / SEGMENT_BYTES }, (_, index): Segment => {
    const bytes = table.subarray(index * SEGMENT_BYTES, (index + 1) * SEGMENT_BYTES);
    return {
      kind: bytes.readUInt32LE(0),
      flags: bytes.readUInt32LE(4),
      offset: number64(bytes, 8),
      address: number64(bytes, 16),
      size: number64(bytes, 32),
      bytes,
    };
  });
  const section = segments.find(({ kind }) => kind === PT.dynamic);
  const first = segments.find(({ kind }) => kind === PT.load);
  if (!section || first?.offset !== 0 || first.address !== 0) return undefined;
  const entries = read(section.offset, section.size);
  const dynamic: [number, number][] = [];
  for (let at = 0; at < entries.length && number64(entries, at) !== DT.null; at += 16)
    dynamic.push([number64(entries, at), number64(entries, at + 8)]);
  return { header, segments, dynamic, at: read };
}

/** Strings of a table that ends each with a zero byte, as Latin-1. */
export function stringAt(table: Buffer, at: number): string {
  return table.toString('latin1', at, table.indexOf(0, at));
}

/** Names that a library defines or asks others for; undefined as in {@link readElf}. */
export function dynamicNames(file: number): Set<string> | undefined {
  const elf = readElf(file);
  if (!elf) return undefined;
  const value = new Map(elf.dynamic);
  const [symbolsAt, stringsAt, stringsSize] = [value.get(DT.symbols), value.get(DT.strings), value.get(DT.stringsSize)];
  if (symbolsAt === undefined || stringsAt === undefined || stringsSize === undefined) return undefined;
  const strings = elf.at(stringsAt, stringsSize);
  const symbols = elf.at(symbolsAt, symbolCount(elf) * SYMBOL_BYTES);
  const names = new Set<string>();
  for (let at = SYMBOL_BYTES; at < symbols.length; at += SYMBOL_BYTES)
    names.add(stringAt(strings, symbols.readUInt32LE(at)));
  return names;
}

/** The table has no length of its own: the last chain of the hashes ends it. */
export function symbolCount(elf: Elf): number {
  const value = new Map(elf.dynamic);
  const start = value.get(DT.gnuHash);
  if (start === undefined) return 0;
  const head = elf.at(start, 16);
  const [buckets, first, words] = [head.readUInt32LE(0), head.readUInt32LE(4), head.readUInt32LE(8)];
  const bucketsAt = start + 16 + words * 8;
  const starts = elf.at(bucketsAt, buckets * 4);
  let last = 0;
  for (let at = 0; at < starts.length; at += 4) last = Math.max(last, starts.readUInt32LE(at));
  if (last < first) return first;
  const chains = bucketsAt + buckets * 4;
  while ((elf.at(chains + (last - first) * 4, 4).readUInt32LE(0) & 1) === 0) last += 1;
  return last + 1;
}
