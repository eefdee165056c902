import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { createInterface } from 'node:readline';
import path from 'node:path';
import type { Environment } from './environment.js';
import { launcherFolder } from './launcher.js';
import type { FromPython, ToPython } from './wire.js';

export interface PythonOptions {
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Gets each message in turn; true when it was the last. */
  readonly onMessage: (message: FromPython) => Promise<boolean>;
}

/** How a process ended. */
export interface PythonEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningPython {
  send(message: ToPython): void;
  /** Settles when the process is gone and all that it said was heard. Rejects where it could not be started. */
  readonly ended: Promise<PythonEnd>;
}

/** Time between a cancellation and the end of a process that does not heed it: less than the node's own process is given. */
const GRACE_MS = 1_600;
/** Time for a process to end by itself once it has said how it went. */
const LAST_MS = 2_000;

/**
 * Starts the launcher in an environment. What it prints goes where this process prints; its messages come by a socket of their
 * own, so that neither disturbs the other. It is in this process's group, and ends with it. It writes no bytecode: neither into this
 * package nor beside the user's code, which are found by their content.
 */
export function startPython({ python }: Environment, folder: string, options: PythonOptions): RunningPython {
  const child = spawn(python, ['-s', '-B', path.join(launcherFolder(), 'main.py'), folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    cwd: path.dirname(folder),
    env: environmentVariables(options.threads),
  });
  const socket = child.stdio[3] as Duplex;
  socket.on('error', () => undefined);
  const timers: NodeJS.Timeout[] = [];
  const endIn = (ms: number): void => void timers.push(setTimeout(() => child.kill('SIGKILL'), ms));
  const send = (message: ToPython): void => void (socket.writable && socket.write(`${JSON.stringify(message)}\n`));
  const cancel = (): void => {
    send({ type: 'cancel' });
    endIn(GRACE_MS);
  };
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  const heard = (async () => {
    for await (const line of lines) if (await options.onMessage(JSON.parse(line) as FromPython)) endIn(LAST_MS);
  })();
  // It is looked at when the process has ended.
  heard.catch(() => child.kill('SIGKILL'));
  options.signal.addEventListener('abort', cancel, { once: true });
  if (options.signal.aborted) cancel();
  const gone = new Promise<PythonEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const ended = gone
    .then(async (end) => {
      // What it has left running may hold the socket open.
      const late = setTimeout(() => socket.destroy(), LAST_MS);
      await heard.finally(() => clearTimeout(late));
      return end;
    })
    .finally(() => {
      for (const timer of timers) clearTimeout(timer);
      options.signal.removeEventListener('abort', cancel);
      lines.close();
      socket.destroy();
    });
  return { send, ended };
}

/** Whatever a user has set for a Python of his own does not decide a result; threads are what the node was given. */
function environmentVariables(threads: number): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:PYTHON|VIRTUAL_ENV$|TRAINYARD_EXECUTOR$|CONDA_)/.test(name),
  );
  const count = String(threads);
  return {
    ...Object.fromEntries(kept),
    PYTHONHASHSEED: '0',
    PYTHONUTF8: '1',
    PYTHONUNBUFFERED: '1',
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    BLIS_NUM_THREADS: count,
    VECLIB_MAXIMUM_THREADS: count,
    NUMEXPR_NUM_THREADS: count,
    LOKY_MAX_CPU_COUNT: count,
    RAYON_NUM_THREADS: count,
    POLARS_MAX_THREADS: count,
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: '1',
    // Machine learning libraries ask the network for news unless told not to.
    HF_HUB_DISABLE_TELEMETRY: '1',
  };
}
