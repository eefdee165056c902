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
import { join, normalize } from 'node:path';

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
 * Removes what no process loads from an installation (`home`, marked ready): half of what npm and the wheel bring. Once;
 * killed in the middle, it leaves an installation that works, and the next call goes on.
 */
export function pruneTensorflow(home: string, packageFolder: string): void {
  const marker = join(home, 'ready.json');
  const ready = JSON.parse(readFileSync(marker, 'utf8')) as Ready;
  if (ready.pruned) return;
  const modules = join(home, 'node_modules');
  for (const name of readdirSync(join(modules, '@tensorflow'))) prunePackage(join(modules, '@tensorflow', name));
  // Named by TensorFlow.js for browsers and compilers alone.
  for (const name of ['@types', 'core-js']) rmSync(join(modules, name), { recursive: true, force: true });
  const libraries = join(packageFolder, 'deps', 'lib');
  for (const name of existsSync(libraries) ? readdirSync(libraries) : [])
    if (name.startsWith('libtensorflow')) cutUnloadedTail(join(libraries, name));
  const draft = `${marker}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ ...ready, pruned: true } satisfies Ready));
  renameSync(draft, marker);
}
