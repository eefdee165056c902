import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot, runNode } from './program.mjs';

/**
 * Whether node_modules holds what package-lock.json names. npm writes the list of what it installed last of all, so an
 * installation that was interrupted is seen; times of files say nothing after a checkout, so contents are compared.
 */
export function packagesInstalled() {
  const installed = readLock('node_modules/.package-lock.json');
  const wanted = readLock('package-lock.json');
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([place, one]) => {
    if (!place.includes('node_modules/')) return true;
    const here = installed[place];
    if (!here) return mayBeMissing(one);
    return here.version === one.version && here.integrity === one.integrity;
  });
}

/** Of packages for several platforms only ours is installed, and only where npm finds that this Node can run it. */
function mayBeMissing({ optional, devOptional, peer, os, cpu, libc }) {
  const forHere =
    os !== undefined &&
    os.includes(process.platform) &&
    (cpu?.includes(process.arch) ?? true) &&
    !libc?.includes('musl');
  if (forHere) return readNote() === process.versions.node;
  return optional === true || devOptional === true || peer === true;
}

/** Which Node installed the packages, where it was us who asked for it. */
const note = inRoot('node_modules', '.installed-by-node');
const readNote = () => (existsSync(note) ? readFileSync(note, 'utf8') : process.versions.node);

/** @returns {Record<string, any> | undefined} */
function readLock(name) {
  const file = inRoot(name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** Installs exactly what package-lock.json names, by the npm that started us where one did. */
export async function installPackages() {
  const result = await npmCi();
  if (result.code === 0) writeFileSync(note, process.versions.node);
  return result;
}

async function npmCi() {
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  if (npm && /\.[cm]?js$/.test(npm)) return runNode(npm, args);
  return new Promise((done) => {
    const child = spawn('npm', args, { cwd: inRoot(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => done({ code: 1, output: `npm could not be started: ${error.message}` }));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}
