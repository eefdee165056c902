import { defineUpdate, patched, setHandler } from '@temporalio/workflow';
import { TrainyardError } from '@trainyard/errors';
import { approvalName } from '../../core/graph.js';
import { sayNearest } from '@trainyard/errors';
import { workflowFailure } from './failure.js';
import type { AskedApproval, NamedAnswer } from './contract.js';
import { when } from './turns.js';

export interface Ask {
  readonly name: string;
  /** Where in the pipeline it is asked: equal names in two scopes are two approvals. */
  readonly scope: string;
  readonly question: string;
  readonly evidence: unknown;
  readonly deadlineMs?: number;
  readonly byDefault?: boolean;
}

export type Answer = Omit<NamedAnswer, 'name' | 'scope'>;

/** A person's answer to an approval that a run waits for: by its name, with its scope before it where that is needed. */
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
  readonly #open = new Map<string, Open>();

  constructor(onAsk: (ask: Ask, at: number) => void) {
    this.#onAsk = onAsk;
    // Among several of a name the last one: so it was answered by former releases, and in what is replayed of them.
    setHandler(approveUpdate, ({ name, ...answer }) => this.#meant(name).at(-1)?.give(answer), {
      validator: ({ name, by }) => {
        if (this.#closed)
          throw workflowFailure(
            new TrainyardError('TY-DECISION', { what: 'the run continues as new at this moment: say it once more' }),
          );
        const meant = this.#meant(name);
        if (meant.length > 1) {
          throw workflowFailure(
            new TrainyardError('TY-DECISION', {
              what: `${meant.length} approvals called "${name}" wait in this run`,
              expected: `one of ${meant.map(({ ask }) => `"${approvalName(ask)}"`).join(', ')}`,
              remedy: 'name the one that is meant by its scope, too',
            }),
          );
        }
        if (meant.length === 0) {
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

  /** Those that a name may mean: the one that it names whole, else all of that name. */
  #meant(name: string): Open[] {
    const whole = this.#open.get(name);
    return whole ? [whole] : [...this.#open.values()].filter(({ ask }) => ask.name === name);
  }

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
    return [
      ...[...this.#open.values()].map(({ ask: { name, scope }, at }) => ({ name, scope, at })),
      ...this.#askedBefore,
    ];
  }

  /** Takes up what was answered, and asked, before the run continued as new. */
  remember(answers: readonly NamedAnswer[], asked: readonly AskedApproval[]): void {
    this.#before = [...answers];
    this.#askedBefore = [...asked];
  }

  async ask(ask: Ask): Promise<Answer> {
    const { name, scope } = ask;
    const whole = approvalName(ask);
    if (this.#open.has(whole) && patched('12-approvals-apart')) {
      throw new TrainyardError('TY-PARAM', {
        what: `two approvals of this run are called "${whole}" and wait at the same time`,
        where: { field: name },
        remedy: 'give each a name of its own, or ask them in scopes of their own: by map() or sub-pipelines',
      });
    }
    const former = take(this.#before, ask);
    const at = (former ? undefined : take(this.#askedBefore, ask)?.at) ?? Date.now();
    this.#onAsk(ask, at);
    let answer: Answer | undefined = former;
    if (!former) {
      this.#open.set(whole, { ask, at, give: (given) => (answer = given) });
      const left = ask.deadlineMs === undefined ? undefined : Math.max(1, at + ask.deadlineMs - Date.now());
      try {
        await when(() => answer !== undefined, left);
      } finally {
        this.#open.delete(whole);
      }
    }
    const { approved, by, why } = answer ?? {
      approved: ask.byDefault ?? false,
      by: 'deadline',
      why: 'nobody answered in time: the stated default counts',
    };
    this.#given.push({ name, scope, approved, by, why });
    return { approved, by, why };
  }
}

interface Open {
  readonly ask: Ask;
  readonly at: number;
  readonly give: (answer: Answer) => void;
}

/** Removes the first one of a name in its scope, and gives it. */
function take<T extends { readonly name: string; readonly scope?: string }>(from: T[], ask: Ask): T | undefined {
  const at = from.findIndex((one) => one.name === ask.name && (one.scope ?? ask.scope) === ask.scope);
  return at < 0 ? undefined : from.splice(at, 1)[0];
}
