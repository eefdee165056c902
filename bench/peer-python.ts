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
  const key = createHash('sha256')
    .update(requirements.map((file) => readFileSync(file, 'utf8')).join('\n'))
    .digest('hex')
    .slice(0, 12);
  const home = join(toolsFolder(), `${name}-${key}`);
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
