import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A path inside the clone. @param {...string} parts */
export const inRoot = (...parts) => path.join(root, ...parts);

/**
 * Runs a JavaScript program under this Node, in the clone's root.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ show?: boolean, env?: Record<string, string> }} [options] `show`: its output goes to the terminal at once
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runNode(file, args = [], { show = false, env = {} } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code: signal ? 128 : (code ?? 1), output }));
  });
}
