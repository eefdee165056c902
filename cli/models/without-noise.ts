import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isTensorflowNoise } from '../../setup/index.js';
import { EXIT } from '../exit.js';

/** Set in the process that does the work. */
const INSIDE = 'TRAINYARD_WITHOUT_NOISE';

/**
 * Runs the command at hand once more, as a process of its own, and leaves out of its standard error the lines that TensorFlow's library
 * writes there before its own filter works: nothing in a process can keep a native library from its standard error. All other lines
 * are passed on. Gives the exit code; undefined in that process itself, which is to do the work.
 */
export async function withoutNoise(): Promise<number | undefined> {
  if (process.env[INSIDE] !== undefined) return undefined;
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, [INSIDE]: '1' },
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    if (!isTensorflowNoise(line)) process.stderr.write(`${line}\n`);
  });
  // An interruption reaches both; this one waits for what the other has to say.
  process.on('SIGINT', () => undefined);
  const [[code, signal]] = await Promise.all([
    once(child, 'close') as Promise<[number | null, string | null]>,
    once(lines, 'close'),
  ]);
  return code ?? (signal === 'SIGINT' ? EXIT.interrupted : EXIT.failed);
}
