import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../../setup/package-root.js';

/** The folder of what runs in Python: `main.py`, and the module `trainyard` that nodes import. */
export function launcherFolder(): string {
  return path.join(packageRoot(), 'worker', 'runtimes', 'python', 'launcher');
}

let hash: Promise<string> | undefined;

/** Hash of what runs in Python around a node's function: it decides what the function is given, and how its outputs are written. */
export function launcherHash(): Promise<string> {
  return (hash ??= hashLauncher());
}

async function hashLauncher(): Promise<string> {
  const names = await readdir(launcherFolder(), { recursive: true });
  const whole = createHash('sha256');
  for (const name of names.filter((one) => one.endsWith('.py')).sort())
    whole.update(`\0${name}\0`).update(await readFile(path.join(launcherFolder(), name)));
  return whole.digest('hex');
}
