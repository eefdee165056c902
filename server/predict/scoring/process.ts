import { fork, type ChildProcess } from 'node:child_process';
import { TrainyardError } from '@trainyard/errors';
import type { Model, Ref } from '../../../core/kinds.js';
import type { Responded } from '../../../models/index.js';
import { compiled } from '../../../project/package-root.js';
import { againAfter } from '../../again-after.js';
import type { Row } from '../request.js';
import { SCORING_VARIABLE, type FromScoring, type ScoringSetup, type ToScoring } from './messages.js';

interface Asked {
  readonly resolve: (said: FromScoring) => void;
  readonly reject: (error: unknown) => void;
}

type Ask = ToScoring extends infer One ? (One extends unknown ? Omit<One, 'id'> : never) : never;

/** A model that is open in the process. */
export interface ScoredApart {
  respond(rows: readonly Row[]): Promise<Responded>;
  close(): Promise<void>;
}

/**
 * The process that scores what would keep the server's thread from its other requests: one for a server, started when a model needs it
 * first. Its death costs the requests that it had, which are told so; it is started again, with the models that were open.
 */
export class ScoringProcess {
  readonly #setup: ScoringSetup;
  readonly #asked = new Map<number, Asked>();
  #child: ChildProcess | undefined;
  #last = 0;
  #opened = 0;
  #closed = false;

  constructor(setup: ScoringSetup) {
    this.#setup = setup;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Opens a model there. Throws what `openModel` throws. */
  async open(model: Ref<Model>): Promise<ScoredApart> {
    const name = ++this.#opened;
    const openIn = (): { readonly opening: Promise<unknown>; readonly child: ChildProcess | undefined } => {
      const opening = this.#ask({ type: 'open', name, model });
      return { opening, child: this.#child };
    };
    let now = openIn();
    await now.opening;
    return {
      respond: async (rows) => {
        if (this.#child === undefined || this.#child !== now.child) now = openIn();
        await now.opening;
        const said = await this.#ask({ type: 'score', name, rows });
        return (said as { responded: Responded }).responded;
      },
      close: async () => {
        if (!this.#closed && this.#child !== undefined && this.#child === now.child)
          // Where it ends meanwhile, the model has gone with it.
          await this.#ask({ type: 'close', name }).catch(() => undefined);
      },
    };
  }

  /** Ends it. What it has not answered is told so. */
  close(): void {
    this.#closed = true;
    this.#child?.kill('SIGKILL');
  }

  #ask(ask: Ask): Promise<FromScoring> {
    if (this.#closed) return Promise.reject(this.#ended('it was ended'));
    const child = (this.#child ??= this.#start());
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      // What cannot be sent is told when the process has ended.
      child.send({ id, ...ask }, () => undefined);
    });
  }

  #start(): ChildProcess {
    const child = fork(compiled('server', 'predict', 'scoring', 'process-main.js'), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, [SCORING_VARIABLE]: JSON.stringify(this.#setup) },
      execArgv: [],
    });
    child.on('message', (said: FromScoring) => {
      const asked = this.#asked.get(said.id);
      this.#asked.delete(said.id);
      if ('error' in said) asked?.reject(TrainyardError.fromRecord(said.error));
      else if ('fault' in said) asked?.reject(new Error(said.fault));
      else asked?.resolve(said);
    });
    let gone = false;
    const end = (how: string): void => {
      if (gone) return;
      gone = true;
      if (this.#child === child) this.#child = undefined;
      const asked = [...this.#asked.values()];
      this.#asked.clear();
      for (const { reject } of asked) reject(this.#ended(how));
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    return child;
  }

  #ended(how: string): TrainyardError {
    return againAfter(
      new TrainyardError('TY-ENDPOINT-NOT-READY', {
        what: `the process that scores this model has ended (${how})`,
        remedy: 'ask again: it is started anew',
      }),
      1,
    );
  }
}
