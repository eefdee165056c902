import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setupError } from './errors.js';
import type { PinnedHere } from './pins.js';
import { onPath, runProgram } from './program.js';
import { megabytes, type OnProgress } from './progress.js';

/** Python 3 with pip: `TRAINYARD_PYTHON`, else `python3` on the PATH. It fetches files; nothing is installed into it. */
export async function findPython(what: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = env['TRAINYARD_PYTHON'];
  const path = named || onPath(['python3'], env);
  if (!path) throw setupError('python', { what, reason: 'no python3 on the PATH' });
  const { code, output } = await runProgram(path, ['-m', 'pip', '--version'], { env, timeoutMs: 60_000 });
  if (code !== 0) {
    throw setupError('python', { what, reason: `${path} -m pip: ${lastLine(output)}` });
  }
  return path;
}

export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() || 'no word why';
}

function folderBytes(folder: string): number {
  let sum = 0;
  for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
    const path = join(folder, entry.name);
    try {
      sum += entry.isDirectory() ? folderBytes(path) : statSync(path).size;
    } catch {
      // Moved or removed while we looked.
    }
  }
  return sum;
}

/** Tells every half second how much has come, measured on the files themselves: this works with every version of pip. */
function watchDownload(step: string, message: string, folder: string, totalBytes: number, onProgress: OnProgress) {
  const began = performance.now();
  return setInterval(() => {
    const bytes = Math.min(folderBytes(folder), totalBytes);
    const spent = performance.now() - began;
    onProgress({
      step,
      message,
      bytes,
      totalBytes,
      ...(bytes > 0 ? { leftMs: Math.round((spent / bytes) * (totalBytes - bytes)) } : {}),
    });
  }, 500);
}

export interface FetchOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Fetches the wheels of a requirements file into `folder` and checks them against its hashes. pip does both, from
 * whatever index the user has set it to use.
 * @returns the paths of the wheels, which are zip files; not empty.
 * @throws {TrainyardError} TY-SETUP without Python, TY-DOWNLOAD when it fails or the hash is another.
 */
export async function fetchWheels(
  step: string,
  pin: PinnedHere,
  folder: string,
  options: FetchOptions,
): Promise<string[]> {
  const { onProgress, signal } = options;
  const what = `${pin.name} ${pin.version}`;
  const env = { ...(options.env ?? process.env) };
  const python = await findPython(what, env);
  const message = `downloading ${what} (${megabytes(pin.bytes)})`;
  onProgress?.({ step, message, bytes: 0, totalBytes: pin.bytes });
  const wheels = join(folder, 'wheels');
  // pip's own temporary files lie in our folder: they count for the progress, and go away with it.
  env['TMPDIR'] = join(folder, 'wheels', 'tmp');
  mkdirSync(env['TMPDIR'], { recursive: true });
  const timer = onProgress ? watchDownload(step, message, wheels, pin.bytes, onProgress) : undefined;
  const args = [
    '-m',
    'pip',
    'download',
    '--no-input',
    '--no-cache-dir',
    '--progress-bar',
    'off',
    '--disable-pip-version-check',
  ];
  // One Python version named for all, so that every machine gets the same file.
  args.push(
    '--require-hashes',
    '--no-deps',
    '--only-binary=:all:',
    '--implementation',
    'cp',
    '--python-version',
    '3.11',
  );
  const { code, output } = await runProgram(python, [...args, '-r', pin.requirementsFile, '-d', wheels], {
    env,
    signal,
  });
  clearInterval(timer);
  rmSync(env['TMPDIR'], { recursive: true, force: true });
  signal?.throwIfAborted();
  if (code !== 0) {
    const reason = output.split('\n').find((line) => line.startsWith('ERROR')) ?? lastLine(output);
    const isHash = /DO NOT MATCH THE HASHES|hashes are required/i.test(output);
    throw setupError(isHash ? 'hash' : 'download', { what, reason, pins: pin.requirementsFile });
  }
  const fetched = readdirSync(wheels).filter((name) => name.endsWith('.whl'));
  if (fetched.length === 0) {
    throw setupError('download', { what, reason: 'pip left no file', pins: pin.requirementsFile });
  }
  onProgress?.({ step, message: `unpacking ${what}` });
  return fetched.sort().map((name) => join(wheels, name));
}
