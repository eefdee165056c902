import { defineUpdate, setHandler } from '@temporalio/workflow';
import { TrainyardError } from '../../core/errors/index.js';
import { sayNearest } from '../../core/nearest.js';
import { workflowFailure } from './failure.js';
import type { AskedApproval, NamedAnswer } from './ports.js';
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
  #askedBefore: AskedApproval[] = [];
  #closed = false;
  readonly #open = new Map<string, { readonly at: number; readonly give: (answer: Answer) => void }>();

  constructor(onAsk: (ask: Ask, at: number) => void) {
    this.#onAsk = onAsk;
    setHandler(approveUpdate, ({ name, ...answer }) => this.#open.get(name)?.give(answer), {
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

  readonly #onAsk: (ask: Ask, at: number) => void;

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

  /** What nobody has answered, with what was not asked for again. */
  get asked(): AskedApproval[] {
    return [...[...this.#open].map(([name, { at }]) => ({ name, at })), ...this.#askedBefore];
  }

  /** Takes up what was answered, and asked, before the run continued as new. */
  remember(answers: readonly NamedAnswer[], asked: readonly AskedApproval[]): void {
    this.#before = [...answers];
    this.#askedBefore = [...asked];
  }

  async ask(ask: Ask): Promise<Answer> {
    const former = take(this.#before, ask.name);
    const at = (former ? undefined : take(this.#askedBefore, ask.name)?.at) ?? Date.now();
    this.#onAsk(ask, at);
    let answer: Answer | undefined = former;
    if (!former) {
      this.#open.set(ask.name, { at, give: (given) => (answer = given) });
      const left = ask.deadlineMs === undefined ? undefined : Math.max(1, at + ask.deadlineMs - Date.now());
      try {
        await when(() => answer !== undefined, left);
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

/** Removes the first one of a name, and gives it. */
function take<T extends { readonly name: string }>(from: T[], name: string): T | undefined {
  const at = from.findIndex((one) => one.name === name);
  return at < 0 ? undefined : from.splice(at, 1)[0];
}
