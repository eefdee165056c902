import { condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { TrainyardError } from '../../core/errors/index.js';
import { sayNearest } from '../../core/nearest.js';
import { workflowFailure } from './failure.js';

export interface Ask {
  readonly name: string;
  readonly question: string;
  readonly evidence: unknown;
  readonly deadlineMs?: number;
  readonly byDefault?: boolean;
}

export interface Answer {
  readonly approved: boolean;
  readonly by: string;
  readonly why: string;
}

/** A person's answer to an approval that a run waits for. */
export const approveUpdate = defineUpdate<void, [{ name: string } & Answer]>('approve');

/** What a run waits for of people: each answered once, by an Update that names who and why. */
export class Approvals {
  readonly #open = new Map<string, (answer: Answer) => void>();

  constructor(onAsk: (ask: Ask) => void) {
    this.#onAsk = onAsk;
    setHandler(approveUpdate, ({ name, ...answer }) => this.#open.get(name)?.(answer), {
      validator: ({ name, by }) => {
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

  /** How many wait. */
  get open(): number {
    return this.#open.size;
  }

  async ask(ask: Ask): Promise<Answer> {
    this.#onAsk(ask);
    let answer: Answer | undefined;
    this.#open.set(ask.name, (given) => (answer = given));
    try {
      if (ask.deadlineMs === undefined) await condition(() => answer !== undefined);
      else await condition(() => answer !== undefined, ask.deadlineMs);
    } finally {
      this.#open.delete(ask.name);
    }
    return (
      answer ?? {
        approved: ask.byDefault ?? false,
        by: 'deadline',
        why: 'nobody answered in time: the stated default counts',
      }
    );
  }
}
