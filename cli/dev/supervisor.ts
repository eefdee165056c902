import { fork, type ChildProcess } from 'node:child_process';
import { logFile, makeLog } from '../../project/log.js';
import { compiled } from '../../project/package-root.js';
import { OutputLines } from '../../worker/output-lines.js';
import { Redactor } from '../../worker/redactor.js';
import { WORKER_NODE_OPTIONS } from '../../worker/node-options.js';
import type { Config } from '../../core/config.js';
import { TrainyardError, type ErrorRecord } from '@trainyard/errors';

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
/** A worker lets its nodes finish for a few seconds; after this long it is killed. */
const STOP_MS = 8_000;

export interface SupervisorOptions {
  readonly configFile: string;
  /** The worker's own log. What it says beside it, as when it dies, goes there too. */
  readonly logFile: string;
  readonly secrets: Config['secrets'];
  /** Told why the worker ended, and when it is back. */
  readonly onTrouble: (what: string) => void;
  /** Told of which files the code was made that the worker took up last, and whether it could. */
  readonly onSources: (files: readonly string[], taken: boolean) => void;
}

type FromWorker =
  | { readonly type: 'ready'; readonly sources: readonly string[] }
  | { readonly type: 'reloaded'; readonly sources: readonly string[] }
  | { readonly type: 'failed'; readonly error: ErrorRecord }
  | { readonly type: 'reload-failed'; readonly error: ErrorRecord; readonly sources: readonly string[] };

/** Keeps one worker process running: starts it again when it dies, with growing waits. */
export class WorkerSupervisor {
  readonly #options: SupervisorOptions;
  readonly #redactor: Redactor;
  #child: ChildProcess | undefined;
  #stopping = false;
  #wait = FIRST_WAIT_MS;
  #again: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#redactor = Redactor.of(options.secrets);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the first worker listens; throws why it could not, and does not try again then. */
  async start(): Promise<void> {
    await this.#spawn();
    this.#child?.once('exit', (code, signal) => this.#ended(signal ?? `code ${String(code)}`));
  }

  #spawn(): Promise<void> {
    return new Promise((ready, failed) => {
      // In a process group of its own: Ctrl-C in the terminal is for us, and we end the worker in order.
      const child = fork(compiled('worker', 'main.js'), [this.#options.configFile], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        execArgv: [...process.execArgv, ...WORKER_NODE_OPTIONS],
        detached: true,
      });
      this.#child = child;
      let said = '';
      let why: ErrorRecord | undefined;
      const output = new OutputLines([child.stdout, child.stderr], this.#redactor);
      const log = makeLog('worker', logFile(this.#options.logFile), { pid: child.pid });
      output.listen((line) => {
        said = `${said}${line}\n`.slice(-2_000);
        log.warn({ from: 'output' }, line);
      });
      child.on('message', (message: FromWorker) => {
        if ('sources' in message) this.#options.onSources(message.sources, message.type !== 'reload-failed');
        if (message.type === 'failed') why = message.error;
        else if (message.type === 'ready') ready();
        else if (message.type === 'reloaded')
          this.#options.onTrouble('has taken up the new code; open runs keep theirs');
        else {
          const { message: words } = TrainyardError.fromRecord(message.error);
          this.#options.onTrouble(`keeps the former code: ${words.replaceAll('\n', '\n          ')}`);
        }
      });
      child.once('close', () => output.close());
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        failed(why ? TrainyardError.fromRecord(why) : this.#died(signal ?? `code ${String(code)}`, said));
      });
    });
  }

  #died(how: string, said: string): TrainyardError {
    const lines = said.split('\n').filter((line) => line.trim() !== '');
    // An error that ended Node stands before its stack.
    const reason = lines.find((line) => /^[A-Za-z]*Error\b.*: /.test(line)) ?? lines.at(-1);
    return new TrainyardError('TY-WORKER-NONE', {
      what: `the worker ended (${how}) before it listened`,
      ...(reason === undefined ? {} : { actual: reason.trim() }),
      remedy: `look at ${this.#options.logFile}`,
    });
  }

  #ended(how: string): void {
    if (this.#stopping) return;
    this.#options.onTrouble(`ended (${how}); it is started again`);
    this.#again = setTimeout(() => void this.#restart(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  async #restart(): Promise<void> {
    try {
      await this.start();
      this.#wait = FIRST_WAIT_MS;
      this.#options.onTrouble(`is back: process ${String(this.pid)}`);
    } catch (error) {
      if (!this.#stopping) this.#ended((error as TrainyardError).message.replaceAll('\n', '\n          '));
    }
  }

  /** Has the worker take up the project's code as it is now. */
  reload(): void {
    if (this.#child?.connected) this.#child.send({ type: 'reload' });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#again);
    const ending = this.#child;
    if (ending) {
      await new Promise<void>((ended) => {
        const force = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
        ending.once('exit', () => {
          clearTimeout(force);
          ended();
        });
        ending.kill('SIGTERM');
      });
    }
  }
}
