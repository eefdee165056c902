import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import {
  findBinary,
  findInterpreter,
  formatProgress,
  installOnce,
  runProgram,
  toolsFolder,
} from '../../../setup/index.js';
import { sayUvFailure } from './uv-failure.js';

export interface EnvironmentOptions {
  /** `3.11` or `3.11.7`. */
  readonly python: string;
  /** Locked requirements, and what their file is called; undefined for the standard library alone. */
  readonly requirements?: { readonly locked: string; readonly file: string } | undefined;
  readonly onProgress: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Default {@link toolsFolder}. */
  readonly tools?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

export interface Environment {
  /** Its own Python. */
  readonly python: string;
  readonly version: string;
  readonly folder: string;
}

/** Says by its time of change when an environment was used last; one without it is not whole. */
const USED = 'used';
/** A process that runs in an environment says so again and again: what was used in the last day may be in use. */
const SAYS_MS = 3_600_000;
const MAY_RUN_MS = 24 * 3_600_000;
/** What nobody has used for so long is removed when another environment is built. */
const UNUSED_MS = 30 * 24 * 3_600_000;
const NAME = /^python-3\.[^-/]+-[0-9a-f]{16}$/;

/**
 * An environment with exactly these packages, built once on each machine: one at a time, by whichever process needs it first,
 * and there for all in one step. Packages are wheels that have one of the hashes of the requirements; none is built from source,
 * since what that needs is locked by nobody.
 * @throws {TrainyardError} TY-SETUP without such a Python, TY-DOWNLOAD with the package that could not be had.
 */
export async function ensureEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { requirements, onProgress, signal } = options;
  const tools = options.tools ?? toolsFolder(options.env);
  const base = await findInterpreter(options.python, options.env);
  const platform = `${process.platform}-${process.arch}`;
  const digest = createHash('sha256')
    .update(JSON.stringify([2, platform, base.path, base.version, requirements?.locked]))
    .digest('hex');
  const name = `python-${base.version}-${digest.slice(0, 16)}`;
  const folder = path.join(tools, name);
  // Said first: from here on nobody removes it.
  if (!use(folder)) {
    onProgress('building the Python environment');
    if (existsSync(folder)) remove(folder);
    await installOnce(
      tools,
      name,
      (draft) => fill(draft, base.path, { ...options, tools }),
      (progress) => onProgress(formatProgress(progress)),
    );
    signal?.throwIfAborted();
    collectEnvironments({ tools, olderThanMs: UNUSED_MS });
  }
  return { python: pythonOf(folder), version: base.version, folder };
}

/** Keeps an environment from being removed while this process works with it, for however long; gives what ends that. */
export function holdEnvironment({ folder }: Pick<Environment, 'folder'>, everyMs = SAYS_MS): () => void {
  const timer = setInterval(() => use(folder), everyMs).unref();
  return () => clearInterval(timer);
}

const pythonOf = (folder: string): string => path.join(folder, 'bin', 'python');

async function fill(draft: string, base: string, options: EnvironmentOptions): Promise<void> {
  const { requirements, signal, onProgress } = options;
  const made = await runProgram(base, ['-I', '-m', 'venv', '--without-pip', draft], { signal });
  signal?.throwIfAborted();
  if (made.code !== 0)
    throw new TrainyardError('TY-SETUP', {
      what: `an environment of ${base} could not be made: ${made.output.trim().split('\n').at(-1) ?? ''}`,
      remedy:
        'Install the module venv of this Python (Debian, Ubuntu: apt-get install python3-venv), or name another: TRAINYARD_PYTHON',
    });
  // It is renamed when it is whole: programs in it must not name the folder that it is built in.
  await appendFile(path.join(draft, 'pyvenv.cfg'), 'relocatable = true\n');
  writeFileSync(path.join(draft, USED), '');
  // Whoever shares the tools may say so.
  chmodSync(path.join(draft, USED), 0o666);
  if (requirements === undefined) return;
  const uv = await findBinary('uv', {
    tools: options.tools,
    env: options.env,
    signal,
    onProgress: (progress) => onProgress(formatProgress(progress)),
  });
  const file = path.join(draft, 'requirements.txt');
  await writeFile(file, `${requirements.locked}\n`);
  const python = path.join(draft, 'bin', 'python');
  const args = [
    'pip',
    'install',
    '--python',
    python,
    // Not hard links, as else: an edit of the same file in an environment of the user's own would change this one.
    '--link-mode',
    'copy',
    '--require-hashes',
    '--no-build',
    '--compile-bytecode',
    '-r',
    file,
  ];
  const { code, output } = await runProgram(uv.path, [...args, '--color', 'never', '--no-python-downloads'], {
    cwd: draft,
    env: await uvEnvironment(base, options.env ?? process.env),
    signal,
    onLine: (line) => onProgress(`building the Python environment: ${line.trim()}`),
  });
  signal?.throwIfAborted();
  if (code !== 0)
    throw sayUvFailure('the Python environment could not be built', output, requirements.file, options.python);
}

/** What pip is set to use, for uv, which reads none of it; what the user has set for uv itself comes first. */
export async function uvEnvironment(python: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const { code, output } = await runProgram(python, ['-m', 'pip', 'config', 'list'], { env, timeoutMs: 30_000 });
  const said = new Map<string, string>();
  // What is said for all of pip comes first, then for its installing, then by variables: the last one counts.
  for (const of of ['global', 'install', ':env:'])
    for (const line of code === 0 ? output.split('\n') : []) {
      const [, where = '', name = '', value = ''] = /^(global|install|:env:)\.([\w-]+)='(.*)'$/.exec(line.trim()) ?? [];
      if (where === of) said.set(name, value.replaceAll('\\n', ' '));
    }
  const taken = {
    UV_DEFAULT_INDEX: said.get('index-url'),
    UV_INDEX: said.get('extra-index-url'),
    UV_FIND_LINKS: said.get('find-links'),
    SSL_CERT_FILE: said.get('cert'),
    UV_INSECURE_HOST: said.get('trusted-host'),
  };
  const set = Object.entries(taken).filter(([name, value]) => value !== undefined && env[name] === undefined);
  return { ...env, ...Object.fromEntries(set), UV_NO_PROGRESS: '1', VIRTUAL_ENV: undefined };
}

/**
 * Environments that nobody has used for a while are removed, none that was used in the last day; gives their folders. What may not
 * be removed, in tools that several users share, stays.
 */
export function collectEnvironments(options: {
  readonly tools?: string;
  readonly olderThanMs: number;
  readonly dryRun?: boolean;
}): string[] {
  const { tools = toolsFolder(), dryRun = false } = options;
  const olderThanMs = Math.max(options.olderThanMs, MAY_RUN_MS);
  const isOld = (folder: string): boolean => Date.now() - usedAt(folder) > olderThanMs;
  return (existsSync(tools) ? readdirSync(tools) : [])
    .filter((name) => NAME.test(name))
    .map((name) => path.join(tools, name))
    .filter((folder) => isOld(folder) && (dryRun || remove(folder, isOld)));
}

/** Takes a folder away in one step, so that none is ever there in part. Not where it is no longer `still` what it was, or may not. */
function remove(folder: string, still: (moved: string) => boolean = () => true): boolean {
  // As a set-up that was killed leaves its own: the next one clears what this one could not.
  const moved = `${folder}.partial-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    renameSync(folder, moved);
    if (!still(moved)) {
      renameSync(moved, folder);
      return false;
    }
  } catch {
    return false;
  }
  try {
    rmSync(moved, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // It counts as gone already.
  }
  return true;
}

function usedAt(folder: string): number {
  return statSync(path.join(folder, USED), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Says that an environment is used now. False where there is none that is whole. */
function use(folder: string): boolean {
  try {
    // By writing, which all may who may use it: a time is set by the owner alone.
    writeFileSync(path.join(folder, USED), '\n', { flag: 'r+' });
  } catch {
    // Tools that others share may be read-only to this user.
  }
  return existsSync(path.join(folder, USED)) && existsSync(pythonOf(folder));
}
