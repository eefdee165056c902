import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import {
  DT,
  HEADER_BYTES,
  PAGE,
  PT,
  R,
  RELOCATION_BYTES,
  SEGMENT_BYTES,
  SYMBOL_BYTES,
  number64,
  readElf,
  stringAt,
  symbolCount,
  type Elf,
} from './elf.js';
import { keptSymbols, Names, sectionOf, UNDEFINED } from './elf-symbols.js';

/**
 * Binds a library (64-bit x86, GNU's loader) to what it defines itself, and takes the names of that out of it: a library in C++ carries
 * hundreds of thousands, some hundred bytes each, which the loader looks up one by one for it. What others know by name stays named:
 * `sharedNames`, what the language's own library may define too, and what exists once for each process. Nothing moves in memory:
 * the addresses of the removed tables are left empty. A library of another layout stays as it is.
 *
 * Written beside and renamed, so that a process that has it loaded keeps what it has. Says whether it changed anything.
 */
export function bindOwnSymbols(library: string, sharedNames: ReadonlySet<string>): boolean {
  const file = openSync(library, 'r');
  const draft = `${library}.${process.pid}`;
  try {
    const elf = readElf(file);
    const plan = elf && planOf(elf, sharedNames);
    if (!elf || !plan) return false;
    const target = openSync(draft, 'w', 0o755);
    try {
      write(target, file, elf, plan);
      fsyncSync(target);
    } finally {
      closeSync(target);
    }
    renameSync(draft, library);
    return true;
  } finally {
    closeSync(file);
    rmSync(draft, { force: true });
  }
}

interface Plan {
  /** Header, segments and tables up to the relocations. */
  readonly head: Buffer;
  readonly relocations: Buffer;
  /** First address that stays where it was in the file, but for `shift`. */
  readonly from: number;
  readonly shift: number;
  readonly relocationsAt: number;
  readonly dynamicAt: number;
  readonly dynamic: Buffer;
}

const kindOf = (symbols: Buffer, index: number): number => symbols[index * SYMBOL_BYTES + 4]! & 15;
const bindingOf = (symbols: Buffer, index: number): number => symbols[index * SYMBOL_BYTES + 4]! >> 4;
const UNIQUE = 10;
const RESERVED = 0xff00;
const PLAIN_KINDS = new Set([0, 1, 2]);
/** Objects of the C++ run time and library, their guards and types included. */
const OF_THE_LANGUAGE = /^_Z(GV|TV|TI|TS|TT|Z)?(N?K?St|N?K?S[abdiostd]|N10__cxxabiv|N9__gnu_cxx|[a-z])/;

function planOf(elf: Elf, sharedNames: ReadonlySet<string>): Plan | undefined {
  const value = new Map(elf.dynamic);
  const need = (tag: number): number => value.get(tag) ?? Number.NaN;
  const [rela, relaSize, plt, pltSize] = [need(DT.rela), need(DT.relaSize), need(DT.pltRel), need(DT.pltRelSize)];
  const tables = [DT.symbols, DT.strings, DT.gnuHash, DT.versions, DT.versionsNeeded].map(need);
  // The one layout that is known here: the tables before all relocations, and those in one piece.
  if (!tables.every((at) => at < rela) || rela + relaSize !== plt || value.has(DT.hash)) return undefined;
  const count = symbolCount(elf);
  const symbols = elf.at(need(DT.symbols), count * SYMBOL_BYTES);
  const strings = elf.at(need(DT.strings), need(DT.stringsSize));
  const relocations = elf.at(rela, relaSize + pltSize);

  const stays = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) stays[index] = isShared(symbols, strings, index, sharedNames) ? 1 : 0;
  for (let at = 0; at < relocations.length; at += RELOCATION_BYTES)
    if (!canBeBound(relocations.readUInt32LE(at + 8))) stays[relocations.readUInt32LE(at + 12)] = 1;
  stays[0] = 1;
  const names = new Names(strings);
  const kept = keptSymbols(symbols, stays, names);
  const versions = elf.at(need(DT.versions), count * 2);

  const relocated = bound(relocations, symbols, stays, kept.places);
  const parts: [tag: number, bytes: Buffer][] = [
    [DT.symbols, kept.table],
    [DT.versions, Buffer.concat(kept.order.map((index) => versions.subarray(index * 2, index * 2 + 2)))],
    ...(value.has(DT.versionsDefined)
      ? [[DT.versionsDefined, definedVersions(elf, need, names)] as [number, Buffer]]
      : []),
    [DT.versionsNeeded, neededVersions(elf, need, names)],
    [DT.gnuHash, kept.hashes],
  ];
  const named = new Map<number, number>();
  for (const [tag, at] of elf.dynamic)
    if (tag === DT.needed || tag === DT.soname || tag === DT.runPath) named.set(at, names.take(at));
  parts.push([DT.strings, names.bytes()]);

  const places = new Map<number, number>();
  let end = HEADER_BYTES + (elf.segments.length + 1) * SEGMENT_BYTES;
  for (const [tag, bytes] of parts) {
    end = aligned(end, 8);
    places.set(tag, end);
    end += bytes.length;
  }
  const from = rela - (rela % PAGE);
  const shift = from - aligned(end, PAGE);
  if (shift <= 0) return undefined;
  const head = Buffer.alloc(end);
  elf.header.copy(head);
  // No table of sections: it is for linkers and debuggers.
  head.fill(0, 40, 48).fill(0, 60, 64);
  head.writeUInt16LE(elf.segments.length + 1, 56);
  segmentsOf(elf, end, from, shift).copy(head, HEADER_BYTES);
  for (const [tag, bytes] of parts) bytes.copy(head, places.get(tag));
  places.set(DT.stringsSize, names.length).set(DT.relaSize, relocations.length).set(DT.relaCount, relocated.relative);

  const dynamic = dynamicOf(elf, places, named);
  const section = elf.segments.find(({ kind }) => kind === PT.dynamic)!;
  return {
    head,
    relocations: relocated.bytes,
    from,
    shift,
    relocationsAt: rela - shift,
    dynamicAt: section.offset - shift,
    dynamic,
  };
}

const aligned = (at: number, to: number): number => Math.ceil(at / to) * to;

const canBeBound = (kind: number): boolean => kind === R.absolute || kind === R.copied || kind === R.jump;

function isShared(symbols: Buffer, strings: Buffer, index: number, sharedNames: ReadonlySet<string>): boolean {
  const section = sectionOf(symbols, index);
  const kind = kindOf(symbols, index);
  if (section === UNDEFINED || section >= RESERVED || bindingOf(symbols, index) === UNIQUE) return true;
  if (!PLAIN_KINDS.has(kind)) return true;
  const name = stringAt(strings, symbols.readUInt32LE(index * SYMBOL_BYTES));
  if (sharedNames.has(name)) return true;
  // Functions may stand twice; an object must not.
  return kind !== 2 && OF_THE_LANGUAGE.test(name);
}

/**
 * All relocations in one list, which the loader goes through at once and not when a function is first called: what is bound to the
 * library itself, then what is looked up, then what a function of it chooses.
 */
function bound(
  relocations: Buffer,
  symbols: Buffer,
  stays: Uint8Array,
  places: Uint32Array,
): { readonly bytes: Buffer; readonly relative: number } {
  const bytes = Buffer.alloc(relocations.length);
  let place = 0;
  const put = (
    wanted: (kind: number, symbol: number) => boolean,
    change?: (one: Buffer, kind: number) => void,
  ): void => {
    for (let at = 0; at < relocations.length; at += RELOCATION_BYTES) {
      const kind = relocations.readUInt32LE(at + 8);
      if (!wanted(kind, relocations.readUInt32LE(at + 12))) continue;
      relocations.copy(bytes, place, at, at + RELOCATION_BYTES);
      change?.(bytes.subarray(place, place + RELOCATION_BYTES), kind);
      place += RELOCATION_BYTES;
    }
  };
  const isOwn = (symbol: number): boolean => symbol !== 0 && !stays[symbol];
  put((kind) => kind === R.relative);
  put(
    (kind, symbol) => kind !== R.chosen && kind !== R.relative && isOwn(symbol),
    (one, kind) => {
      const addend = kind === R.absolute ? one.readBigInt64LE(16) : 0n;
      const address = symbols.readBigInt64LE(one.readUInt32LE(12) * SYMBOL_BYTES + 8);
      one.writeBigInt64LE(address + addend, 16);
      one.writeBigUInt64LE(BigInt(R.relative), 8);
    },
  );
  const relative = place / RELOCATION_BYTES;
  put(
    (kind, symbol) => kind !== R.chosen && kind !== R.relative && !isOwn(symbol),
    (one, kind) => {
      one.writeUInt32LE(kind === R.jump ? R.copied : kind, 8);
      one.writeUInt32LE(places[one.readUInt32LE(12)]!, 12);
    },
  );
  put((kind) => kind === R.chosen);
  return { bytes, relative };
}

const MOST_OF_VERSIONS = 1 << 20;

/** Bytes of a table of versions and what follows it: it says nowhere how long it is. */
const tableAt = (elf: Elf, start: number): Buffer => {
  const { size } = elf.segments.find(({ kind }) => kind === PT.load)!;
  return elf.at(start, Math.min(size - start, MOST_OF_VERSIONS));
};

/** The table of versions that the library defines, its names at their new places. */
function definedVersions(elf: Elf, need: (tag: number) => number, names: Names): Buffer {
  const bytes = tableAt(elf, need(DT.versionsDefined));
  let end = 0;
  for (let at = 0, left = need(DT.versionsDefinedCount); left > 0; left -= 1) {
    for (let one = at + bytes.readUInt32LE(at + 12), more = bytes.readUInt16LE(at + 6); more > 0; more -= 1) {
      bytes.writeUInt32LE(names.take(bytes.readUInt32LE(one)), one);
      end = Math.max(end, one + 8);
      one += bytes.readUInt32LE(one + 4);
    }
    at += bytes.readUInt32LE(at + 16);
  }
  return bytes.subarray(0, end);
}

/** The table of versions that it needs of others. */
function neededVersions(elf: Elf, need: (tag: number) => number, names: Names): Buffer {
  const bytes = tableAt(elf, need(DT.versionsNeeded));
  let end = 0;
  for (let at = 0, left = need(DT.versionsNeededCount); left > 0; left -= 1) {
    bytes.writeUInt32LE(names.take(bytes.readUInt32LE(at + 4)), at + 4);
    for (let one = at + bytes.readUInt32LE(at + 8), more = bytes.readUInt16LE(at + 2); more > 0; more -= 1) {
      bytes.writeUInt32LE(names.take(bytes.readUInt32LE(one + 8)), one + 8);
      end = Math.max(end, one + 16);
      one += bytes.readUInt32LE(one + 12);
    }
    at += bytes.readUInt32LE(at + 12);
  }
  return bytes.subarray(0, end);
}

/** The first segment in two: the tables, and what stood after them. */
function segmentsOf(elf: Elf, end: number, from: number, shift: number): Buffer {
  const first = elf.segments.findIndex(({ kind }) => kind === PT.load);
  return Buffer.concat(
    elf.segments.flatMap(({ kind, offset, size, bytes }, index) => {
      const one = Buffer.from(bytes);
      const set = (...values: [at: number, value: number][]): Buffer => {
        for (const [at, value] of values) one.writeBigUInt64LE(BigInt(value), at);
        return one;
      };
      if (kind === PT.program) {
        const length = (elf.segments.length + 1) * SEGMENT_BYTES;
        return [set([32, length], [40, length])];
      }
      if (index !== first) {
        // Notes that stood among the tables go with them: nobody asks for them when a library is loaded.
        if (offset < from && kind !== PT.stack) one.writeUInt32LE(PT.none, 0);
        return [offset >= from ? set([8, offset - shift]) : one];
      }
      const rest = size - from;
      const second = Buffer.from(bytes);
      for (const [at, value] of [
        [8, from - shift],
        [16, from],
        [24, from],
        [32, rest],
        [40, rest],
      ] as const)
        second.writeBigUInt64LE(BigInt(value), at);
      return [set([32, end], [40, end]), second];
    }),
  );
}

function dynamicOf(elf: Elf, places: ReadonlyMap<number, number>, named: ReadonlyMap<number, number>): Buffer {
  const bytes = Buffer.alloc(elf.segments.find(({ kind }) => kind === PT.dynamic)!.size);
  let at = 0;
  for (const [tag, value] of elf.dynamic) {
    if (tag === DT.pltRel || tag === DT.pltRelSize || tag === DT.pltRelKind) continue;
    const isName = tag === DT.needed || tag === DT.soname || tag === DT.runPath;
    bytes.writeBigUInt64LE(BigInt(tag), at);
    bytes.writeBigUInt64LE(BigInt((isName ? named.get(value) : places.get(tag)) ?? value), at + 8);
    at += 16;
  }
  return bytes;
}

const CHUNK = 8 << 20;

function write(target: number, source: number, elf: Elf, plan: Plan): void {
  const end = Math.max(...elf.segments.map(({ bytes }) => number64(bytes, 8) + number64(bytes, 32)));
  const chunk = Buffer.alloc(CHUNK);
  for (let at = plan.from; at < end;) {
    const got = readSync(source, chunk, 0, Math.min(CHUNK, end - at), at);
    if (got === 0) throw new Error(`the library ends at byte ${at}`);
    writeSync(target, chunk, 0, got, at - plan.shift);
    at += got;
  }
  ftruncateSync(target, end - plan.shift);
  writeSync(target, plan.head, 0, plan.head.length, 0);
  writeSync(target, plan.relocations, 0, plan.relocations.length, plan.relocationsAt);
  writeSync(target, plan.dynamic, 0, plan.dynamic.length, plan.dynamicAt);
}
