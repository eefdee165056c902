/** Python programs that benchmarks are compared with: each set in a folder of its own in the tools folder, never in the project. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolsFolder } from '../setup/tools-folder.js';

/**
 * The Python of such a folder, made by `python3 -m venv` and filled once from requirements files, with whatever index pip
 * is set to use. Throws, with what to do, where there is no Python or the packages cannot be had.
 */
export function peerPython(name: string, requirements: readonly string[], size: string): string {
  const home = join(
    toolsFolder(),
    `${name}-${requirementsKey(requirements.map((file) => readFileSync(file, 'utf8')))}`,
  );
  const python = join(home, 'bin', 'python');
  if (existsSync(join(home, 'ready'))) return python;
  process.stderr.write(`${name}: installing it into ${home}, ${size}, once; remove the folder to be rid of it\n`);
  rmSync(home, { recursive: true, force: true });
  const run = (program: string, args: readonly string[], remedy: string): void => {
    try {
      execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    } catch (cause) {
      throw new Error(`${name} cannot be installed: ${program} ${args.join(' ')} failed. ${remedy}`, { cause });
    }
  };
  const named = process.env['TRAINYARD_PYTHON'] || 'python3';
  run(
    named,
    ['-m', 'venv', home],
    'It wants Python 3.11 or later with venv, on the PATH or named in TRAINYARD_PYTHON.',
  );
  const files = requirements.flatMap((file) => ['-r', file]);
  run(python, ['-m', 'pip', 'install', '--quiet', ...files], 'Is a package index to be reached?');
  writeFileSync(join(home, 'ready'), '');
  return python;
}

/** By what is required alone: other comments, blank lines or another order of lines install nothing anew. */
export function requirementsKey(texts: readonly string[]): string {
  const required = texts
    .flatMap((text) => text.split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  return createHash('sha256').update(required.sort().join('\n')).digest('hex').slice(0, 12);
}
