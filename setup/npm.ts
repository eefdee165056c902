import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setupError } from './errors.js';
import { lastLine, type FetchOptions } from './fetch-wheels.js';
import { setupFile } from './package-root.js';
import { onPath, runProgram } from './program.js';
import { say } from './progress.js';

/** npm: on the PATH, else beside this Node. */
function findNpm(env: NodeJS.ProcessEnv): string | undefined {
  const beside = join(dirname(process.execPath), 'npm');
  return onPath(['npm'], env) ?? (existsSync(beside) ? beside : undefined);
}

/** The environment without what a surrounding `npm run` adds, but with the user's registry. */
function plainEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own =
    /^npm_(package|lifecycle|command|execpath|config_(local_prefix|prefix|workspaces?|ignore_scripts|omit|include|global))/i;
  const kept = Object.entries(env).filter(([name]) => !own.test(name));
  // The running Node goes first, whichever the PATH names.
  return { ...Object.fromEntries(kept), PATH: `${dirname(process.execPath)}:${env['PATH'] ?? ''}`, NODE_ENV: '' };
}

/**
 * Installs the packages of a lock file that ships beside this code (`setup/NAME/`) into `folder`, without running any of
 * their scripts; npm checks each against the hash in the lock file.
 * @throws {TrainyardError} TY-DOWNLOAD.
 */
export async function installLocked(name: string, what: string, folder: string, options: FetchOptions): Promise<void> {
  const env = options.env ?? process.env;
  for (const file of ['package.json', 'package-lock.json']) cpSync(setupFile(name, file), join(folder, file));
  const pins = setupFile(name, 'package-lock.json');
  const npm = findNpm(env);
  if (!npm) throw setupError('npm', { what, reason: 'there is no npm on the PATH', pins });
  say(options.onProgress, 'tensorflow', `installing ${what} and the packages it needs (about 72 MB)`);
  const args = [
    'ci',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const settings = { cwd: folder, env: plainEnvironment(env), signal: options.signal };
  const { code, output } = await runProgram(npm, args, settings);
  options.signal?.throwIfAborted();
  if (code !== 0) throw setupError('npm', { what, reason: lastLine(output), pins });
}

/** Runs the install script of one installed package: its own way of getting what it needs. */
export async function runInstallScript(folder: string, name: string, timeoutMs: number, options: FetchOptions) {
  const env = options.env ?? process.env;
  const npm = findNpm(env) ?? 'npm';
  const args = ['rebuild', name, '--prefix', folder, '--ignore-scripts=false', '--foreground-scripts'];
  return runProgram(npm, args, { cwd: folder, env: plainEnvironment(env), timeoutMs, signal: options.signal });
}
