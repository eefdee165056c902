import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const exec = promisify(execFile);

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;

/** npm, by the program that started us where it was npm: it need not be on the PATH. */
export function npm(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const program = process.env['npm_execpath'];
  const options = { cwd, maxBuffer: 1 << 26, env: { ...process.env, npm_config_loglevel: 'error' } };
  return program?.endsWith('.js') && existsSync(program)
    ? exec(process.execPath, [program, ...args], options)
    : exec('npm', args, options);
}

export interface Entry {
  /** As an import names it: `trainyard/plugins/ingest`. */
  readonly specifier: string;
  readonly types: string;
  readonly code: string;
}

/** The entries of code that a list of packed files offers, patterns resolved. */
export function entriesOf(packed: readonly string[]): Entry[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const one = (name: string): Entry => ({
      specifier: `trainyard${subpath.slice(1).replace('*', name)}`,
      types: target.types.slice(2).replace('*', name),
      code: target.default.slice(2).replace('*', name),
    });
    if (!subpath.includes('*')) return [one('')];
    const [before = '', after = ''] = target.default.slice(2).split('*');
    return packed
      .filter((file) => file.startsWith(before) && file.endsWith(after))
      .map((file) => file.slice(before.length, file.length - after.length))
      .filter((name) => !name.includes('/'))
      .map(one);
  });
}

/** What `npm pack` would put into the package, without packing it. */
export async function packedFiles(): Promise<string[]> {
  const { stdout } = await npm(['pack', '--dry-run', '--json', '--ignore-scripts'], root);
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
  return packed!.files.map((file) => file.path);
}

/** Compiles an example plugin into a folder of its own, as its author would before publishing it. */
export async function buildPlugin(target: string, name = 'shout-plugin'): Promise<void> {
  const source = path.join(root, 'examples', name);
  const tsc = path.join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');
  await exec(process.execPath, [tsc, '-p', source, '--outDir', path.join(target, 'dist')]);
  copyFileSync(path.join(source, 'package.json'), path.join(target, 'package.json'));
}
