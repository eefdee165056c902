import { EXIT } from '../exit.js';

/**
 * Ctrl-C (or SIGTERM, SIGHUP) while a command runs. Before anything is followed, the word that was left is said and the
 * process ends; while something is followed, `signal` is aborted, and whoever follows ends in order.
 */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #onSignal: () => void;
  /** What to say when the process ends at once. */
  before: (() => void) | undefined;
  /** Somebody listens to `signal` and ends in order. */
  following = false;

  constructor() {
    this.#onSignal = () => {
      if (this.following && !this.#abort.signal.aborted) return this.#abort.abort();
      this.before?.();
      process.exit(EXIT.interrupted);
    };
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a person can do about a run that is no longer followed. */
export function sayHowToTakeUp(run: string): string {
  return `\nThe run goes on without you.\n  follow it again:  trainyard show ${run} --follow\n  end it:           trainyard cancel ${run}`;
}
