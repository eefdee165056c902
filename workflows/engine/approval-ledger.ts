import { sayNearest, TrainyardError } from '@trainyard/errors';
import { approvalName } from '../../core/graph.js';
import type { AskedApproval, NamedAnswer } from './contract.js';

/** A question that a run asks people. */
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

/** A question that was put, until it is settled. */
export interface Put {
  readonly ask: Ask;
  /** When it was put first, in ms since 1970, also where the run has continued as new since. */
  readonly at: number;
  /** How long it is waited for, in ms; undefined: for as long as it takes. */
  readonly leftMs: number | undefined;
  /** The answer, once there is one. */
  readonly answer: Answer | undefined;
}

type Open = Put & { answer: Answer | undefined };

/**
 * The rules of approvals: which question an answer is for, which answers are refused, what is carried when the run
 * continues as new. Plain data and no clock: times come in from outside.
 */
export class ApprovalLedger {
  readonly #given: NamedAnswer[] = [];
  /** Answers from before the run continued as new, to questions that its pipeline asks again. */
  #before: NamedAnswer[] = [];
  #askedBefore: AskedApproval[] = [];
  #closed = false;
  readonly #open = new Map<string, Open>();

  /** Takes up what was answered, and asked, before the run continued as new. */
  remember(answers: readonly NamedAnswer[], asked: readonly AskedApproval[]): void {
    this.#before = [...answers];
    this.#askedBefore = [...asked];
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

  /** Whether one of this name and scope waits already. */
  waits(ask: Ask): boolean {
    return this.#open.has(approvalName(ask));
  }

  /** Puts a question: with its answer where it was answered before the run continued as new, else it waits for one. */
  put(ask: Ask, now: number): Put {
    const answer = take(this.#before, ask);
    const at = (answer ? undefined : take(this.#askedBefore, ask)?.at) ?? now;
    const leftMs = ask.deadlineMs === undefined ? undefined : Math.max(1, at + ask.deadlineMs - now);
    const put: Open = { ask, at, leftMs, answer };
    if (!answer) this.#open.set(approvalName(ask), put);
    return put;
  }

  /**
   * Throws TY-DECISION for an answer that cannot be taken: to no question that waits or to several, to one that has its
   * answer already, by nobody, or while the run continues as new. Changes nothing.
   */
  check(name: string, { approved, by }: Answer): void {
    if (this.#closed) refuse('the run continues as new at this moment: say it once more');
    const meant = this.#meant(name);
    const [one] = meant;
    if (meant.length > 1)
      refuse(
        `${meant.length} approvals called "${name}" wait in this run`,
        `one of ${meant.map(({ ask }) => `"${approvalName(ask)}"`).join(', ')}`,
        'name the one that is meant by its scope, too',
      );
    if (!one) refuse(`no approval "${name}" waits in this run; ${sayNearest(name, this.#open.keys())}`);
    if (one.answer)
      refuse(`"${name}" was answered a moment ago: ${one.answer.approved ? 'yes' : 'no'} by ${one.answer.by}`);
    if (typeof approved !== 'boolean') refuse('an approval says yes or no', 'approved: true or false');
    if (typeof by !== 'string' || by.trim() === '') refuse('an approval needs to say by whom', 'by: a name');
  }

  /** Takes an answer that was checked. */
  answer(name: string, answer: Answer): void {
    // Among several of a name the last one: so it was answered by former releases, and in what is replayed of them.
    const one = this.#meant(name).at(-1);
    if (one) one.answer = answer;
  }

  /** Nobody waits for an answer any more: there is one, the time is over, or the run is cancelled. */
  drop({ ask }: Put): void {
    this.#open.delete(approvalName(ask));
  }

  /** What a question's answer is by now, by its default where nobody answered. Puts it on the record. */
  settle(put: Put): Answer {
    const { name, scope, byDefault = false } = put.ask;
    const { approved, by, why } = put.answer ?? {
      approved: byDefault,
      by: 'deadline',
      why: 'nobody answered in time: the stated default counts',
    };
    this.#given.push({ name, scope, approved, by, why });
    return { approved, by, why };
  }

  /** Those that a name may mean: the one that it names whole, else all of that name. */
  #meant(name: string): Open[] {
    const whole = this.#open.get(name);
    return whole ? [whole] : [...this.#open.values()].filter(({ ask }) => ask.name === name);
  }
}

/** Removes the first one of a name in its scope, and gives it. */
function take<T extends { readonly name: string; readonly scope?: string }>(from: T[], ask: Ask): T | undefined {
  const at = from.findIndex((one) => one.name === ask.name && (one.scope ?? ask.scope) === ask.scope);
  return at < 0 ? undefined : from.splice(at, 1)[0];
}

function refuse(what: string, expected?: string, remedy?: string): never {
  throw new TrainyardError('TY-DECISION', { what, expected, remedy });
}
