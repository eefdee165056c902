import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join, normalize } from 'node:path';
import { releaseClaim, takeClaim } from './claim.js';
import { dynamicNames } from './elf.js';
import { bindOwnSymbols } from './elf-own-symbols.js';

/**
 * Cuts off what follows the last segment of a 64-bit ELF library: the tables of sections and of symbols for debuggers,
 * which linking needs and loading never reads. In place, also while a process has it loaded: no mapped byte changes but
 * the three header fields that point to those tables. Other formats stay as they are.
 */
export function cutUnloadedTail(library: string): void {
  const file = openSync(library, 'r+');
  try {
    const header = Buffer.alloc(64);
    readSync(file, header, 0, 64, 0);
    // System V ABI, chapter 4 and 5: the magic number, 64 bits, little-endian.
    if (header.toString('hex', 0, 6) !== '7f454c460201') return;
    const [start, size, count] = [header.readBigUInt64LE(32), header.readUInt16LE(54), header.readUInt16LE(56)];
    const segments = Buffer.alloc(size * count);
    readSync(file, segments, 0, segments.length, Number(start));
    const ends = Array.from({ length: count }, (_, index) => {
      const segment = segments.subarray(index * size);
      return Number(segment.readBigUInt64LE(8) + segment.readBigUInt64LE(32));
    });
    const end = Math.max(...ends);
    if (fstatSync(file).size <= end) return;
    header.fill(0, 40, 48).fill(0, 60, 64);
    writeSync(file, header, 0, 64, 0);
    ftruncateSync(file, end);
  } finally {
    closeSync(file);
  }
}

const kept = /^(package\.json|readme.*|licen[sc]e.*)$/i;
const unloaded = /\.(map|d\.ts|html|tsbuildinfo)$|_test\.js$/;

/** A package that ships one file for Node among many for browsers keeps that one; the binding's own loses maps and tests. */
function prunePackage(folder: string): void {
  const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { main: string };
  const isOneFile = main.endsWith('.node.js');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    // What the package has nested inside is of other packages, and loaded.
    if (name === normalize(main) || name.startsWith('node_modules')) continue;
    const goes = isOneFile ? !kept.test(name) : unloaded.test(name);
    if (goes && lstatSync(join(folder, name)).isFile()) rmSync(join(folder, name));
  }
}

interface Ready {
  readonly tensorflowVersion: string;
  /** Nothing is left that no process loads; absent in folders of the layout before. */
  readonly pruned?: boolean;
}

/**
 * Removes what no process loads from an installation (`home`, marked ready): half of what npm and the wheel bring. Once; killed in the middle, it leaves an
 * installation that works, and the next call goes on. Of two at once one works, and the other returns.
 */
export function pruneTensorflow(home: string, packageFolder: string): void {
  const marker = join(home, 'ready.json');
  const read = (): Ready => JSON.parse(readFileSync(marker, 'utf8')) as Ready;
  if (read().pruned) return;
  const lock = `${home}.lock`;
  if (takeClaim(lock)) return;
  try {
    const ready = read();
    if (ready.pruned) return;
    removeUnloaded(join(home, 'node_modules'), packageFolder);
    const draft = `${marker}.${process.pid}`;
    writeFileSync(draft, JSON.stringify({ ...ready, pruned: true } satisfies Ready));
    renameSync(draft, marker);
  } finally {
    releaseClaim(lock);
  }
}

function removeUnloaded(modules: string, packageFolder: string): void {
  for (const name of readdirSync(join(modules, '@tensorflow'))) prunePackage(join(modules, '@tensorflow', name));
  // Named by TensorFlow.js for browsers and compilers alone.
  for (const name of ['@types', 'core-js']) rmSync(join(modules, name), { recursive: true, force: true });
  for (const library of librariesOf(packageFolder)) cutUnloadedTail(library);
}

function librariesOf(packageFolder: string): string[] {
  const folder = join(packageFolder, 'deps', 'lib');
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => /^libtensorflow[^/]*\.(so[.\d]*|dylib)$/.test(name))
    .map((name) => join(folder, name));
}

/**
 * Takes the names of TensorFlow's symbols out of its library that neither its other library nor the binding asks for
 * (`bindOwnSymbols`). For a new installation that nobody uses yet, which is loaded before it counts: one that is there
 * already stays as it is. Not the library for devices: nobody has tried it.
 */
export function bindTensorflow(packageFolder: string): void {
  const libraries = librariesOf(packageFolder);
  const main = libraries.find((file) => basename(file).startsWith('libtensorflow_cc.so'));
  const binding = join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
  if (!main || !existsSync(binding) || basename(packageFolder) !== 'tfjs-node') return;
  const shared = new Set<string>();
  for (const file of [...libraries.filter((one) => one !== main), binding])
    for (const name of namesIn(file)) shared.add(name);
  bindOwnSymbols(main, shared);
}

function namesIn(library: string): ReadonlySet<string> {
  const file = openSync(library, 'r');
  try {
    return dynamicNames(file) ?? new Set();
  } finally {
    closeSync(file);
  }
}
