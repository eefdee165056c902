import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from './package-root.js';

let bundle: Promise<string> | undefined;

/** This folder's public face as plain JavaScript, inside the package so that its dependencies are found. */
async function bundled(): Promise<string> {
  const folder = join(packageRoot(), 'node_modules', '.cache', 'trainyard-setup-test');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `index-${process.pid}.mjs`);
  const entry = join(packageRoot(), 'setup', 'index.ts');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  // One name for all test processes, each of which replaces it whole.
  const file = join(folder, 'index.mjs');
  renameSync(outfile, file);
  return file;
}

export interface Elsewhere {
  readonly killHard: () => void;
  /** The first line of its standard output. */
  readonly firstLine: Promise<string>;
  /** What it wrote, once it has ended. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Runs code in a process of its own, for the tests; `setup` is this folder's public face. */
export async function runElsewhere(code: string, env: Record<string, string> = {}): Promise<Elsewhere> {
  const file = await (bundle ??= bundled());
  const program = `import * as setup from ${JSON.stringify(file)};\n${code}`;
  const script = join(file, '..', `program-${process.pid}-${Math.trunc(performance.now() * 1000)}.mjs`);
  writeFileSync(script, program);
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (status) => {
      rmSync(script, { force: true });
      resolve({ code: status, stdout, stderr });
    });
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      const end = stdout.indexOf('\n');
      if (end >= 0) resolve(stdout.slice(0, end));
    });
    void ended.then(({ code: status }) => reject(new Error(`ended with ${status} before a line: ${stderr}`)));
  });
  firstLine.catch(() => undefined);
  return { killHard: () => child.kill('SIGKILL'), firstLine, ended };
}
