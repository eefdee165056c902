import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setupError } from './errors.js';

let root: string | undefined;

/** The folder of the package trainyard itself, whether this code runs from source or from `dist/`. */
export function packageRoot(): string {
  // Asked for with each of some hundred files.
  return (root ??= findRoot());
}

function findRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'trainyard'
    ) {
      return folder;
    }
    if (folder === dirname(folder)) throw setupError('incomplete', { file: 'package.json', from: here });
  }
}

/** A file that ships beside the code: `setupFile('temporal.requirements.txt')`. */
export function setupFile(...names: string[]): string {
  const root = packageRoot();
  const file = join(root, 'setup', ...names);
  if (!existsSync(file)) throw setupError('incomplete', { file: join('setup', ...names), from: root });
  return file;
}
