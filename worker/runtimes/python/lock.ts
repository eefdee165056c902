import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import { anyInterpreters, findBinary, findInterpreter, formatProgress, runProgram } from '../../../setup/index.js';
import { uvEnvironment } from './environment.js';
import { lockedRequirements } from './requirements.js';
import { sayUvFailure } from './uv-failure.js';

export interface LockRequest {
  /** File with the packages that are wanted. */
  readonly wanted: string;
  /** Default: beside it, with the ending `.txt`. */
  readonly output?: string | undefined;
  /** `3.11`; default the version of this machine. */
  readonly python?: string | undefined;
  /** Newest versions; otherwise those that the output holds stay where they fit. */
  readonly upgrade?: boolean;
  readonly onProgress?: (message: string) => void;
}

export interface Locked {
  readonly output: string;
  readonly python: string;
  /** `name==version`, and for which platforms or versions of Python where not for all. */
  readonly packages: readonly string[];
}

/**
 * Resolves what is wanted, for all platforms and from a version of Python on, to one version of each package with the hashes of its
 * files, and writes that as a requirements file: whole, or not at all.
 * @throws {TrainyardError} TY-CODE for what cannot be had, TY-DOWNLOAD when the index does not answer, TY-SETUP without Python.
 */
export async function lockRequirements({ wanted, python, upgrade = false, ...request }: LockRequest): Promise<Locked> {
  const output =
    request.output ?? path.join(path.dirname(wanted), `${path.basename(wanted, path.extname(wanted))}.txt`);
  if (!(await isFile(wanted)))
    throw new TrainyardError('TY-USAGE', {
      what: `there is no file ${wanted}`,
      expected: 'a file with the packages that you want, one a line, such as: scikit-learn',
      remedy: `write it, then: npx trainyard python lock ${wanted}`,
    });
  if (path.resolve(output) === path.resolve(wanted))
    throw new TrainyardError('TY-USAGE', {
      what: `${wanted} would be written over by its own lock`,
      remedy: `name the file to write: npx trainyard python lock ${wanted} -o requirements.txt`,
    });
  const base = python === undefined ? (await anyInterpreters())[0]! : await findInterpreter(python);
  const version = python ?? base.version.split('.').slice(0, 2).join('.');
  const onProgress = request.onProgress ?? (() => undefined);
  const uv = await findBinary('uv', { onProgress: (progress) => onProgress(formatProgress(progress)) });
  // Beside the file: what is written is renamed.
  const draft = await mkdtemp(path.join(path.dirname(path.resolve(output)), '.lock-'));
  try {
    const file = path.join(draft, 'requirements.txt');
    if (!upgrade && existsSync(output)) await copyFile(output, file);
    const command = `npx trainyard python lock ${wanted} -o ${output}`;
    const args = [
      'pip',
      'compile',
      wanted,
      '-o',
      file,
      '--python',
      base.path,
      '--python-version',
      version,
      '--custom-compile-command',
      command,
    ];
    const more = [
      '--universal',
      '--generate-hashes',
      '--no-build',
      '--quiet',
      '--color',
      'never',
      '--no-python-downloads',
    ];
    const ended = await runProgram(uv.path, [...args, ...more, ...(upgrade ? ['--upgrade'] : [])], {
      env: await uvEnvironment(base.path, process.env),
    });
    if (ended.code !== 0) throw sayUvFailure('the requirements could not be locked', ended.output, wanted, version);
    const text = await readFile(file, 'utf8');
    const locked = lockedRequirements(text, output);
    await rename(file, output);
    const packages = locked.split('\n').map((line) => line.replace(/ --hash=.*$/, ''));
    return { output, python: version, packages: packages.filter((line) => !line.startsWith('-') && line !== '') };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
