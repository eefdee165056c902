import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import type { Placed, PlaceOptions } from '../../../core/runtime-kind.js';
import { launcherHash } from './launcher.js';
import { CODE_FOLDER, REQUIREMENTS_FILE, type PlacedProgram, type PythonProgram } from './programs.js';
import { lockedRequirements } from './requirements.js';

/** Raised when programs are placed in another form. */
const FORMAT = 1;
/** Folders in which no code of the user's own lies. */
const NOT_CODE = /^(?:\..*|node_modules|__pycache__)$/;

/**
 * Fixes the code of a program by content: every `.py` file of the folder that its module belongs to, and its requirements.
 * Throws TY-CODE where a file is not there or the requirements are not locked.
 */
export async function placePython(program: PythonProgram, { into, root }: PlaceOptions): Promise<Placed> {
  const { base, module } = packageOf(program.module);
  await requireFile(program.module, 'the module of a Python node', root);
  const files = await contentsOf(program);
  const requirements = await requirementsOf(program, root);
  const parts = [...files].map(([file, content]) => [file, hashOf(content)] as const);
  const { function: name, python } = program;
  const hash = hashOf(
    JSON.stringify([FORMAT, module, name, python, requirements?.locked, parts, await launcherHash()]),
  );
  const placed: PlacedProgram = {
    module,
    function: name,
    python,
    ...(requirements ? { requirements: requirements.name } : {}),
    sources: nameOf(base, root),
  };
  const folder = path.join(into, `python-${hash.slice(0, 24)}`);
  if (existsSync(folder)) await touch(folder);
  else await write(folder, files, requirements?.locked);
  const named = parts.map(([file, of]) => [nameOf(path.join(base, file), root), of.slice(0, 16)] as const);
  return {
    folder,
    program: { ...placed },
    hash,
    files: requirements ? [...named, [requirements.name, hashOf(requirements.locked).slice(0, 16)] as const] : named,
  };
}

/** Every file that a program is made of, and the folders in which more would belong to it. */
export async function sourcesOf(program: PythonProgram): Promise<readonly string[]> {
  const { base } = packageOf(program.module);
  const { files, folders } = await codeOf(program);
  const code = [...files, ...folders].map((name) => path.join(base, name));
  return program.requirements === undefined ? code : [...code, program.requirements];
}

/**
 * What a module belongs to: the topmost package around it (folders with `__init__.py`), or else its folder. `base` is where Python
 * looks for it, `below` the part of that folder that counts.
 */
function packageOf(file: string): { readonly base: string; readonly below: string; readonly module: string } {
  const isPackage = (folder: string): boolean => existsSync(path.join(folder, '__init__.py'));
  const folder = path.dirname(file);
  let base = folder;
  while (isPackage(base)) base = path.dirname(base);
  const within = path.relative(base, folder).split(path.sep).filter(Boolean);
  return { base, below: within[0] ?? '', module: [...within, path.basename(file, '.py')].join('.') };
}

/** Names of the code's files and folders below `base`, sorted; what a link leads to counts as if it lay there. */
async function codeOf({ module }: PythonProgram): Promise<{ readonly files: string[]; readonly folders: string[] }> {
  const { base, below } = packageOf(module);
  const files: string[] = [];
  const folders: string[] = [];
  const look = async (folder: string, within: readonly string[]): Promise<void> => {
    const full = path.join(base, folder);
    const real = await realpath(full).catch(() => full);
    // A link to a folder around it.
    if (within.includes(real)) return;
    const names = await readdir(full).catch((error: unknown) => cannotRead(full, error));
    // An environment of the user's own.
    if (names.includes('pyvenv.cfg')) return;
    folders.push(folder);
    for (const name of names) {
      const inner = path.join(folder, name);
      const known = NOT_CODE.test(name) ? undefined : await stat(path.join(base, inner)).catch(() => undefined);
      if (known?.isDirectory()) await look(inner, [...within, real]);
      else if (name.endsWith('.py') && (await isFile(path.join(base, inner)))) files.push(inner);
    }
  };
  await look(below, []);
  return { files: files.sort(), folders: folders.sort() };
}

/** What cannot be read would be missing in the key. A folder that is gone, as one whose module is not there, holds nothing. */
function cannotRead(folder: string, error: unknown): string[] {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return [];
  throw new TrainyardError('TY-CODE', {
    what: `a folder beside the module of a Python node cannot be read: ${code ?? String(error)}`,
    where: { file: folder.split(path.sep).slice(-3).join('/') },
    expected: 'a folder that this user may read: every .py file in it is part of the key',
    remedy: 'let this user read it, or move it elsewhere',
  });
}

async function contentsOf(program: PythonProgram): Promise<ReadonlyMap<string, Buffer>> {
  const { base } = packageOf(program.module);
  const { files } = await codeOf(program);
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(path.join(base, file))] as const)));
}

async function requirementsOf(
  { requirements }: PythonProgram,
  root: string,
): Promise<{ readonly name: string; readonly locked: string } | undefined> {
  if (requirements === undefined) return undefined;
  await requireFile(requirements, 'the requirements of a Python node', root);
  const name = nameOf(requirements, root);
  return { name, locked: lockedRequirements(await readFile(requirements, 'utf8'), name) };
}

async function requireFile(file: string, what: string, root: string): Promise<void> {
  if (await isFile(file)) return;
  throw new TrainyardError('TY-CODE', {
    what: `${what} is not there`,
    where: { file: nameOf(file, root) },
    expected: 'a file beside the one that names it',
    remedy: what.startsWith('the requirements')
      ? 'put what you want into requirements.in, then: npx trainyard python lock requirements.in; or leave requirements out'
      : 'correct the name in python(…)',
  });
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

/** Says that it is used: whoever tidies up goes by the age of that. */
async function touch(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined);
}

/** Written beside and renamed: a folder of this name is whole. */
async function write(folder: string, files: ReadonlyMap<string, Buffer>, locked: string | undefined): Promise<void> {
  const draft = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  for (const [file, content] of files) {
    const target = path.join(draft, CODE_FOLDER, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  if (locked !== undefined) await writeFile(path.join(draft, REQUIREMENTS_FILE), `${locked}\n`);
  try {
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process has placed the same meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

/** A file as the project names it: what lies outside by its last two names. */
function nameOf(file: string, root: string): string {
  const relative = path.relative(root, file);
  if (!relative.startsWith('..') && !path.isAbsolute(relative)) return relative.split(path.sep).join('/');
  return `…/${file.split(path.sep).slice(-2).join('/')}`;
}

export function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
