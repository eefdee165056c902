import { defineUpdate, setHandler } from '@temporalio/workflow';
import { TrainyardError } from '../../core/errors/index.js';
import { sayNearest } from '../../core/nearest.js';
import { workflowFailure } from './failure.js';
import type { NamedAnswer } from './ports.js';
import { when } from './turns.js';

export interface Ask {
  readonly name: string;
  readonly question: string;
  readonly evidence: unknown;
  readonly deadlineMs?: number;
  readonly byDefault?: boolean;
}

export type Answer = Omit<NamedAnswer, 'name'>;

/** A person's answer to an approval that a run waits for. */
export const approveUpdate = defineUpdate<void, [{ name: string } & Answer]>('approve');

/**
 * What a run waits for of people: each answered once, by an Update that names who and why, also when the run continues as
 * new.
 */
export class Approvals {
  readonly #given: NamedAnswer[] = [];
  /** Answers from before the run continued as new, to questions that its pipeline asks again. */
  #before: NamedAnswer[] = [];
  #closed = false;
  readonly #open = new Map<string, (answer: Answer) => void>();

  constructor(onAsk: (ask: Ask) => void) {
    this.#onAsk = onAsk;
    setHandler(approveUpdate, ({ name, ...answer }) => this.#open.get(name)?.(answer), {
      validator: ({ name, by }) => {
        if (this.#closed)
          throw workflowFailure(
            new TrainyardError('TY-DECISION', { what: 'the run continues as new at this moment: say it once more' }),
          );
        if (!this.#open.has(name)) {
          throw workflowFailure(
            new TrainyardError('TY-DECISION', {
              what: `no approval "${name}" waits in this run; ${sayNearest(name, this.#open.keys())}`,
            }),
          );
        }
        if (!by)
          throw workflowFailure(
            new TrainyardError('TY-DECISION', { what: 'an approval needs to say by whom', expected: 'by: a name' }),
          );
      },
    });
  }

  readonly #onAsk: (ask: Ask) => void;

  /** From now on nothing is answered here: what the run hands on when it continues as new is complete. */
  close(): void {
    this.#closed = true;
  }

  /** How many wait. */
  get open(): number {
    return this.#open.size;
  }

  /** All answers so far, those that were not asked for again included. */
  get all(): NamedAnswer[] {
    return [...this.#given, ...this.#before];
  }

  /** Takes up what was answered before the run continued as new. */
  remember(answers: readonly NamedAnswer[]): void {
    this.#before = [...answers];
  }

  async ask(ask: Ask): Promise<Answer> {
    this.#onAsk(ask);
    const at = this.#before.findIndex(({ name }) => name === ask.name);
    const [former] = at < 0 ? [] : this.#before.splice(at, 1);
    let answer: Answer | undefined = former;
    if (!former) {
      this.#open.set(ask.name, (given) => (answer = given));
      try {
        await when(() => answer !== undefined, ask.deadlineMs);
      } finally {
        this.#open.delete(ask.name);
      }
    }
    const { approved, by, why } = answer ?? {
      approved: ask.byDefault ?? false,
      by: 'deadline',
      why: 'nobody answered in time: the stated default counts',
    };
    this.#given.push({ name: ask.name, approved, by, why });
    return { approved, by, why };
  }
}
