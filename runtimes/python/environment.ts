import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import {
  findBinary,
  findInterpreter,
  formatProgress,
  installOnce,
  runProgram,
  toolsFolder,
} from '../../setup/index.js';
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

/** Says by its time of change when an environment was used last. */
const USED = 'used';
/** What nobody has used for so long is removed when another environment is built. */
const UNUSED_MS = 30 * 24 * 3_600_000;
const NAME = /^python-3[.\d]+-[0-9a-f]{16}$/;

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
    .update(JSON.stringify([1, platform, base.path, base.version, requirements?.locked]))
    .digest('hex');
  const name = `python-${base.version}-${digest.slice(0, 16)}`;
  const folder = path.join(tools, name);
  if (!existsSync(folder)) {
    onProgress('building the Python environment');
    await installOnce(
      tools,
      name,
      (draft) => fill(draft, base.path, { ...options, tools }),
      (progress) => onProgress(formatProgress(progress)),
    );
    signal?.throwIfAborted();
    collectEnvironments({ tools, olderThanMs: UNUSED_MS });
  }
  use(folder);
  return { python: path.join(folder, 'bin', 'python'), version: base.version, folder };
}

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

/** Environments that nobody has used for a while are removed; gives their folders. */
export function collectEnvironments(options: {
  readonly tools?: string;
  readonly olderThanMs: number;
  readonly dryRun?: boolean;
}): string[] {
  const { tools = toolsFolder(), olderThanMs, dryRun = false } = options;
  const old = (existsSync(tools) ? readdirSync(tools) : [])
    .filter((name) => NAME.test(name))
    .map((name) => path.join(tools, name))
    .filter((folder) => Date.now() - usedAt(folder) > olderThanMs);
  if (!dryRun) for (const folder of old) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  return old;
}

function usedAt(folder: string): number {
  return statSync(path.join(folder, USED), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function use(folder: string): void {
  const now = new Date();
  try {
    utimesSync(path.join(folder, USED), now, now);
  } catch (error) {
    // Tools that others share may be read-only to this user.
    if (isTrainyardError(error)) throw error;
  }
}
