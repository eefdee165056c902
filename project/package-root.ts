import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

let found: string | undefined;

/** The folder of this package, whether its sources or its compiled files run. */
export function packageRoot(): string {
  if (found) return found;
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'trainyard')
      return (found = folder);
    if (folder === path.dirname(folder))
      throw new Error('the package trainyard is not whole: its package.json is missing');
  }
}

/** A compiled file of this package. */
export function compiled(...parts: string[]): string {
  return path.join(packageRoot(), 'dist', ...parts);
}

/** This package's version. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}
