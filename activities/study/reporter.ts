import { setTimeout as wait } from 'node:timers/promises';
import type { ReportList, Reported, NodeTask } from '../../core/task.js';
import { isTrainyardError } from '@trainyard/errors';
import { readReports, writeReports, type Store } from '../../store/index.js';
import type { TrialReports, Verdict } from '../../workflows/study/contract.js';

/** Sends a study what its trial has reported, and gives its answer. Throws TY-RUN-ENDED when the study is over. */
export type TellStudy = (study: string, reports: TrialReports) => Promise<Verdict>;

/** Why the signal of a trial that a study stopped is aborted. */
export const TRIAL_STOPPED = 'the study has stopped this trial';
/** Why it is aborted when nobody waits for the trial any more. */
export const STUDY_OVER = 'the study of this trial is over';

/** Least time between two messages; from there on a share of the trial's time, since each is a few events of history. */
const LEAST_MS = 300;
const MOST_MS = 5_000;
const SHARE = 0.05;
const AGAIN_MS = 1_000;

/**
 * Carries what a node reports to its study, in order and in few messages, and keeps it beside the node's key: a trial
 * that is found again, or comes again after its worker died, is judged by what it had reported.
 */
export class Reporter {
  readonly #store: Store;
  readonly #task: NodeTask;
  readonly #tell: TellStudy;
  readonly #stop = new AbortController();
  /** Aborted when nobody waits for an answer any more. */
  readonly #away = new AbortController();
  readonly #startedAt = performance.now();
  #all: [number, Reported | null][] = [];
  #sent = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  /** `cancelled` ends the waiting for a study that is away. */
  constructor(store: Store, task: NodeTask, tell: TellStudy, cancelled: AbortSignal) {
    this.#store = store;
    this.#task = task;
    this.#tell = tell;
    cancelled.addEventListener('abort', () => this.#away.abort(), { once: true });
    if (cancelled.aborted) this.#away.abort();
  }

  /** Aborted when the study says that the trial is over. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Tells the study what former calls of the key have reported, before anything is computed. */
  async tellFormer(): Promise<void> {
    this.#all = (await readReports(this.#store, this.#task.key)).map(([step, value]) => [step, value]);
    if (this.#all.length > 0) await this.#send();
    this.#stop.signal.throwIfAborted();
  }

  add(step: number, value: Reported | null): void {
    // A trial that goes on from a checkpoint comes to steps again that are known.
    if (step <= (this.#all.at(-1)?.[0] ?? -Infinity)) return;
    this.#all.push([step, value]);
    if (this.#timer || this.#sending || this.#over) return;
    const wait = Math.min(MOST_MS, Math.max(LEAST_MS, SHARE * (performance.now() - this.#startedAt)));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, wait);
  }

  /** Keeps all that was reported beside the key: before the result is committed, or when the trial is stopped. */
  async keep(): Promise<void> {
    if (this.#all.length > 0) await writeReports(this.#store, this.#task.key, this.#all);
  }

  /** Tells the rest; throws when the study says that the trial is over. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    while (this.#sent < this.#all.length && !this.#isEnded) await this.#send();
    this.#stop.signal.throwIfAborted();
  }

  end(): void {
    this.#over = true;
    this.#away.abort();
    clearTimeout(this.#timer);
  }

  get #isEnded(): boolean {
    return this.#over || this.#away.signal.aborted || this.#stop.signal.aborted;
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendNow().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  async #sendNow(): Promise<void> {
    const reports: ReportList = this.#all.slice(this.#sent);
    const { run, trial } = this.#task;
    while (!this.#isEnded) {
      try {
        const { stop } = await this.#tell(run.id, { trial: trial?.number ?? -1, reports });
        this.#sent += reports.length;
        if (stop) {
          await this.keep();
          this.#stop.abort(TRIAL_STOPPED);
        }
        return;
      } catch (error) {
        // Gone: terminated, or ended without this trial. Nobody will ever answer.
        if (isTrainyardError(error) && error.code === 'TY-RUN-ENDED') return this.#stop.abort(STUDY_OVER);
        // Away: it has no worker, or goes on as new. What is told twice is taken once.
        await wait(AGAIN_MS, undefined, { signal: this.#away.signal }).catch(() => undefined);
      }
    }
  }
}
