import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles of Workflows that earlier test projects have made. A worker finds a bundle by the digest of all that goes into
 * it, so a project that was given one starts as one that was started before, and does not bundle the same code anew.
 * They are kept for one state of the package.
 */
const shared = path.join(root, 'node_modules', '.cache', 'trainyard-test-bundles');

/** Gives a new project what is kept. */
export function takeBundles(project: string): void {
  const from = kept();
  const build = path.join(project, '.trainyard', 'build');
  mkdirSync(build, { recursive: true });
  for (const name of bundlesIn(from)) symlinkSync(path.join(from, name), path.join(build, name));
}

/** Keeps the bundles that a project has made. */
export function keepBundles(project: string): void {
  const build = path.join(project, '.trainyard', 'build');
  const to = kept();
  if (!existsSync(build)) return;
  for (const name of bundlesIn(build)) {
    if (existsSync(path.join(to, name))) continue;
    const whole = path.join(to, `${name}.${process.pid}.tmp`);
    copyFileSync(path.join(build, name), whole);
    renameSync(whole, path.join(to, name));
  }
}

function bundlesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => /^workflows-[0-9a-f]+\.js$/.test(name));
}

/** The folder for the package as it is now; those of other states are removed. */
function kept(): string {
  const state = createHash('sha256');
  for (const file of ['dist/.sources-of-trainyard', 'dist/.sources-of-ml-hyperparameter', 'package-lock.json'])
    state.update(readFileSync(path.join(root, file)));
  const folder = path.join(shared, state.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  for (const other of readdirSync(shared))
    if (other !== path.basename(folder)) rmSync(path.join(shared, other), { recursive: true, force: true });
  return folder;
}
