import type { Account } from './account.js';
import type { Candidate } from './candidate.js';

/** What decides how long the end of a call takes. */
export interface EndFacts {
  readonly refits: boolean;
  readonly folds: number;
  readonly outputs: number;
  readonly rows: number;
  /** Rows of a table of its own for the figures. */
  readonly validated: number;
}

/** Seconds that writing takes at least, and how many times what reading the tables took: a busy machine is slow at both. */
const [WRITING, AS_READING] = [0.4, 0.5];
/** Bytes of models that are written, opened and asked in a second. */
const BYTES_A_SECOND = 15e6;
/** Members that an ensemble is expected to have, at most. */
const MEMBERS = 6;
/** Answers that greedy selection mixes, and that figures look at, in a second. */
const MIXED_A_SECOND = 2e8;
const MEASURED_A_SECOND = 1e6;
/** How often the clock is looked at, in ms. */
const LOOK_MS = 50;

/** The end of the budget as a signal: it goes off when what is left is needed to finish. */
export class Deadline {
  readonly #time = new AbortController();
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  #kept = WRITING;
  #writing = WRITING;

  constructor(
    private readonly account: Account,
    cancelled: AbortSignal,
  ) {
    this.signal = AbortSignal.any([cancelled, this.#time.signal]);
    this.#timer = setInterval(() => {
      if (this.late) this.#time.abort(new Error('time is over'));
    }, LOOK_MS);
    this.#timer.unref();
  }

  /** Says how many seconds the end will take, as far as is known: choosing, training again, writing. They are kept from now on. */
  keep(candidates: readonly Candidate[], { refits, folds, outputs, rows, validated }: EndFacts): number {
    const models = candidates.filter(({ kept }) => kept !== undefined).slice(-MEMBERS);
    const bytes = models.reduce(
      (sum, { kept }) =>
        sum +
        kept!.models.reduce((all, { files }) => all + Object.values(files).reduce((n, file) => n + file.length, 0), 0),
      0,
    );
    const slow = AS_READING * (this.account.spent.reading ?? 0);
    // Its features are those of all folds; the features of all rows took what is known.
    const features = (validated / rows) * (this.account.spent.features ?? 0);
    const answered = ((rows + validated) * outputs) / MEASURED_A_SECOND;
    this.#writing = WRITING + slow + bytes / BYTES_A_SECOND + features + answered;
    const library = candidates.reduce((sum, { kept }) => sum + (kept ? kept.answers.length : 0), 0);
    const choosing = Math.min(1e9, library * 60) / MIXED_A_SECOND;
    const refitting = refits
      ? models.reduce((sum, { seconds }) => sum + (1.3 * seconds) / Math.max(1, folds - 1), 0) +
        (1.5 * (this.account.spent.features ?? 0)) / folds
      : 0;
    // Training again may be left out; it takes no more than a good part of the budget.
    this.#kept = this.#writing + choosing + Math.min(refitting, 0.3 * (this.account.budget ?? 0));
    return this.account.budget === undefined ? 0 : this.#kept;
  }

  /** Whether what is left is needed to finish, by the clock itself: work that gives no way to timers keeps the signal from going off. */
  get late(): boolean {
    return this.account.left <= this.#kept;
  }

  /** From now on only writing is to come, after what is trained again. */
  refit(): void {
    this.#kept = this.#writing;
  }

  /** Nothing is to be ended any more. */
  over(): void {
    clearInterval(this.#timer);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
