/** Optuna in a folder of its own under the user's cache: installed once by requirements.txt, never into the project. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Python with Optuna; `gp` adds PyTorch, some gigabytes, which Optuna's Gaussian process wants. */
export function optunaPython(folder: string, gp: boolean): string {
  const files = ['requirements.txt', ...(gp ? ['requirements-gp.txt'] : [])].map((name) => join(folder, name));
  const key = createHash('sha256')
    .update(files.map((file) => readFileSync(file, 'utf8')).join('\n'))
    .digest('hex')
    .slice(0, 12);
  const cache =
    process.env['TRAINYARD_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'trainyard');
  const home = join(cache, `optuna-${key}`);
  const ready = join(home, 'bin', 'python');
  if (existsSync(join(home, 'ready'))) return ready;
  rmSync(home, { recursive: true, force: true });
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  };
  run('python3', ['-m', 'venv', home]);
  run(ready, ['-m', 'pip', 'install', '--quiet', ...files.flatMap((file) => ['-r', file])]);
  writeFileSync(join(home, 'ready'), '');
  return ready;
}
