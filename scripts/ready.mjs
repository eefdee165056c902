// What every command of a fresh clone needs first. Plain JavaScript without dependencies: it runs before there are any.
import { existsSync } from 'node:fs';
import { installPackages, packagesInstalled } from './install.mjs';
import { build, isBuilt } from './build.mjs';
import { inRoot } from './program.mjs';

/** A set-up that cannot go on, in words: no stack is shown for it. */
export class NotReady extends Error {}

/** @param {string} line */
const toErrorStream = (line) => void process.stderr.write(`${line}\n`);

/**
 * Makes the clone ready: installs the packages of package-lock.json where they are not what it says, compiles where
 * dist/ is stale, fetches the real parts that are named. Each step that has nothing to do takes milliseconds and needs
 * no network; interrupted at any moment, the next call goes on.
 *
 * @param {object} [options]
 * @param {boolean} [options.build] compile; true unless said otherwise
 * @param {readonly ('temporal' | 'valkey' | 'tensorflow' | 'lightgbm' | 'tensorflow-gpu' | 'chromium')[]} [options.setup] real parts to fetch
 * @param {(line: string) => void} [options.say] told each step and each download with its size; the error stream by default
 * @param {AbortSignal} [options.signal] ends a download
 * @returns {Promise<object | undefined>} what the set-up found, by part
 * @throws {NotReady} in words
 */
export async function ready({ build: wanted = true, setup: parts = [], say = toErrorStream, signal } = {}) {
  requireNode();
  if (!packagesInstalled()) {
    say('packages: installing what package-lock.json names (about 620 MB on disk; from npm’s cache where it is there)');
    const { code, output } = await installPackages();
    if (code !== 0) throw new NotReady(`npm ci failed:\n${output.trim()}`);
  }
  if (wanted && !isBuilt()) {
    say('build: compiling to dist/');
    const { code, output } = await build();
    if (code !== 0) throw new NotReady(`the build failed:\n${output.trim()}`);
  }
  if (parts.length === 0) return undefined;
  const entry = inRoot('dist', 'setup', 'index.js');
  if (!existsSync(entry)) throw new NotReady('dist/ is not there: run npm run build first');
  const { setup, formatProgress } = await import(new URL(`file://${entry}`).href);
  return setup(parts, sayProgress(say, formatProgress), { signal });
}

/** One line for each message; while something is being downloaded, one every two seconds. */
function sayProgress(say, formatProgress) {
  let last = 0;
  return (progress) => {
    if (progress.message === 'ready') return;
    if (progress.bytes !== undefined && Date.now() - last < 2_000) return;
    if (progress.bytes !== undefined) last = Date.now();
    say(formatProgress(progress));
  };
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 3)) return;
  throw new NotReady(
    `Node ${process.versions.node} is too old: install Node 20.3 or later (22 and 24 are tried as well)`,
  );
}
