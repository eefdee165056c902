import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../setup/package-root.js';

/** A compiled file of this package. */
export function compiled(...parts: string[]): string {
  return path.join(packageRoot(), 'dist', ...parts);
}

/** This package's version. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}
