import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { peerPython } from '../../peer-python.js';
import { cpuMsOfGroup } from '../cpu-time.js';
import type { Answer, Ask, Contender } from './contender.js';

const here = fileURLToPath(new URL('.', import.meta.url));

interface PythonPeer {
  readonly name: string;
  readonly package: 'prefect' | 'dagster' | 'metaflow';
  readonly args?: readonly string[];
  /** What its folder takes. */
  readonly size: string;
  readonly stays: boolean;
  readonly can: Contender['can'];
}

/** No later run finds what a Dagster op has given; its runs can be taken up from where they failed. */
const findsNothing: Contender['can'] = (ask) => ask.do !== 'again';

export const PYTHON_PEERS: readonly PythonPeer[] = [
  { name: 'Prefect', package: 'prefect', size: '260 MB', stays: true, can: (ask) => ask.do !== 'validate' },
  { name: 'Dagster', package: 'dagster', args: ['inside'], size: '160 MB', stays: true, can: findsNothing },
  {
    name: 'Dagster, a process a step',
    package: 'dagster',
    args: ['processes'],
    size: '160 MB',
    stays: false,
    can: (ask) => ask.do !== 'again' && ask.do !== 'validate',
  },
  // It has a first task and a last one at least.
  {
    name: 'Metaflow',
    package: 'metaflow',
    size: '80 MB',
    stays: false,
    can: (ask) => ask.do !== 'validate' && ask.count > 3,
  },
];

/** A program of Python that stays, in a folder and a process group of its own. */
export async function inPython({ name, package: of, args = [], size, stays, can }: PythonPeer): Promise<Contender> {
  const python = peerPython(of, [path.join(here, `${of}.requirements.txt`)], size);
  const folder = mkdtempSync(path.join(tmpdir(), `trainyard-${of}-`));
  const child = spawn(python, ['-B', path.join(here, `with_${of}.py`), ...args], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const group = child.pid ?? NaN;
  const close = (): void => {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It has ended.
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const ask = conversation(child);
  try {
    await ask();
  } catch (error) {
    close();
    throw new Error(`${name} does not start: ${String(error)}`, { cause: error });
  }
  return { name, stays, can, run: ask, cpuMs: () => cpuMsOfGroup(group), close };
}

/** One line there, one line back. Asked nothing, it waits for the first line. */
function conversation(child: ChildProcessByStdio<Writable, Readable, Readable>): (ask?: Ask) => Promise<Answer> {
  let said = '';
  // That it has ended is told by its lines.
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (ask) => {
    if (ask) child.stdin.write(`${JSON.stringify(ask)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`it ended:\n${said}`);
    const answer = JSON.parse(value) as Answer & { readonly error?: string };
    if (answer.error !== undefined) throw new Error(`${answer.error}\n${said}`);
    return answer;
  };
}
