import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { compiled } from '../../project/package-root.js';
import { TrainyardError } from '../../core/errors/index.js';

export interface Supervised {
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;

/** Keeps one worker process running: starts it again when it dies, with growing waits. Resolves when it first listens. */
export async function superviseWorker(options: {
  configFile: string;
  logFile: string;
  onRestart: (why: string) => void;
}): Promise<Supervised> {
  mkdirSync(path.dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  let child: ChildProcess | undefined;
  let stopping = false;
  let wait = FIRST_WAIT_MS;
  let again: NodeJS.Timeout | undefined;

  const start = (): Promise<void> =>
    new Promise((ready, failed) => {
      const started = fork(compiled('worker', 'main.js'), [options.configFile], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      child = started;
      let said = '';
      const keep = (chunk: Buffer): void => {
        said = (said + chunk.toString('utf8')).slice(-2_000);
        log.write(chunk);
      };
      started.stdout?.on('data', keep);
      started.stderr?.on('data', keep);
      started.on('message', () => {
        wait = FIRST_WAIT_MS;
        ready();
      });
      started.on('exit', (code, signal) => {
        child = undefined;
        failed(
          new TrainyardError('TY-WORKER-NONE', {
            what: `the worker ended ${signal ? `by ${signal}` : `with code ${String(code)}`} before it listened`,
            actual: said.trim(),
            remedy: `look at ${options.logFile}`,
          }),
        );
        if (stopping) return;
        options.onRestart(signal ? `it was ended by ${signal}` : `it ended with code ${String(code)}`);
        again = setTimeout(() => void start().catch(() => undefined), wait);
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      });
    });

  const stop = async (): Promise<void> => {
    stopping = true;
    clearTimeout(again);
    const ending = child;
    if (ending) {
      await new Promise<void>((ended) => {
        const force = setTimeout(() => ending.kill('SIGKILL'), 8_000);
        ending.once('exit', () => {
          clearTimeout(force);
          ended();
        });
        ending.kill('SIGTERM');
      });
    }
    log.end();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: () => child?.pid, stop };
}
