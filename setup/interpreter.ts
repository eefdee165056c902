import { statSync } from 'node:fs';
import { setupError } from './errors.js';
import { isProgram, onPath, runProgram } from './program.js';

/** A Python that runs nodes. */
export interface Interpreter {
  /** Full path of the program. */
  readonly path: string;
  /** Its whole version, `3.11.7`. */
  readonly version: string;
}

/** By path and time of change: a process asks with each node. */
const known = new Map<string, Interpreter>();

/** What a program says that it is: one on the PATH may be a script that chooses among several. */
async function look(path: string): Promise<Interpreter | undefined> {
  const id = `${path} ${statSync(path).mtimeMs}`;
  const before = known.get(id);
  if (before !== undefined) return before;
  // Neither the folder nor the variables of whoever asks decide what it says.
  const { code, output } = await runProgram(
    path,
    ['-I', '-c', 'import sys; print(sys.version.split()[0]); print(sys.executable)'],
    { timeoutMs: 30_000 },
  );
  const [version = '', executable = ''] = output.trim().split('\n');
  if (code !== 0 || !/^\d+\.\d+\.\d/.test(version)) return undefined;
  const found = { path: isProgram(executable) ? executable : path, version };
  known.set(id, found);
  return found;
}

/** `3.11.7` is a 3.11; `3.11` is no 3.1. */
const isOf = (version: string, wanted: string): boolean => version === wanted || version.startsWith(`${wanted}.`);

/**
 * A Python of a version, `3.11` or `3.11.7`: the one that `TRAINYARD_PYTHON` names, else `python3.11`, `python3` or `python` on the
 * PATH, whichever is of that version first.
 * @throws {TrainyardError} TY-SETUP where none is, with what is there instead.
 */
export async function findInterpreter(wanted: string, env: NodeJS.ProcessEnv = process.env): Promise<Interpreter> {
  const minor = wanted.split('.').slice(0, 2).join('.');
  const others: string[] = [];
  for (const path of candidates(minor, env)) {
    const found = await look(path);
    if (found && isOf(found.version, wanted)) return found;
    others.push(found ? `${path} is ${found.version}` : `${path} does not say its version`);
  }
  const reason = others.join(', ') || `neither python${minor} nor python3 is on the PATH`;
  throw setupError('interpreter', { version: wanted, minor, reason });
}

/**
 * The Pythons that are found without a version being asked for.
 * @throws {TrainyardError} TY-SETUP where there is none.
 */
export async function anyInterpreters(env: NodeJS.ProcessEnv = process.env): Promise<readonly Interpreter[]> {
  const found: Interpreter[] = [];
  for (const path of candidates('3', env)) {
    const one = await look(path);
    if (one && isOf(one.version, '3') && !found.some(({ version }) => version === one.version)) found.push(one);
  }
  if (found.length > 0) return found;
  throw setupError('interpreter', { version: '3', minor: '3', reason: 'no python3 is on the PATH' });
}

function candidates(minor: string, env: NodeJS.ProcessEnv): string[] {
  const named = env['TRAINYARD_PYTHON'];
  if (named) {
    if (!isProgram(named)) throw setupError('path', { variable: 'TRAINYARD_PYTHON', path: named, what: 'python3' });
    return [named];
  }
  const found = [`python${minor}`, 'python3', 'python'].flatMap((name) => onPath([name], env) ?? []);
  return [...new Set(found)];
}
