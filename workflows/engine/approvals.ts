import { defineUpdate, patched, setHandler } from '@temporalio/workflow';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import { approvalName } from '../../core/graph.js';
import { ApprovalLedger, type Answer, type Ask } from './approval-ledger.js';
import { workflowFailure } from './failure.js';
import type { AskedApproval, NamedAnswer } from './contract.js';
import { when } from './answer-order.js';

/** A person's answer to an approval that a run waits for: by its name, with its scope before it where that is needed. */
export const approveUpdate = defineUpdate<void, [{ name: string } & Answer]>('approve');

/**
 * What a run waits for of people: each answered once, by an Update that names who and why, also when the run continues as
 * new.
 */
export class Approvals {
  readonly #ledger = new ApprovalLedger();
  readonly #onAsk: (ask: Ask, at: number) => void;

  constructor(onAsk: (ask: Ask, at: number) => void) {
    this.#onAsk = onAsk;
    setHandler(approveUpdate, ({ name, ...answer }) => this.#ledger.answer(name, answer), {
      validator: ({ name, ...answer }) => {
        try {
          this.#ledger.check(name, answer);
        } catch (error) {
          throw isTrainyardError(error) ? workflowFailure(error) : error;
        }
      },
    });
  }

  /** From now on nothing is answered here: what the run hands on when it continues as new is complete. */
  close(): void {
    this.#ledger.close();
  }

  /** How many wait. */
  get open(): number {
    return this.#ledger.open;
  }

  /** All answers so far, those that were not asked for again included. */
  get all(): NamedAnswer[] {
    return this.#ledger.all;
  }

  /** What nobody has answered, with what was not asked for again. */
  get asked(): AskedApproval[] {
    return this.#ledger.asked;
  }

  /** Takes up what was answered, and asked, before the run continued as new. */
  remember(answers: readonly NamedAnswer[], asked: readonly AskedApproval[]): void {
    this.#ledger.remember(answers, asked);
  }

  async ask(ask: Ask): Promise<Answer> {
    if (this.#ledger.waits(ask) && patched('12-approvals-apart')) {
      throw new TrainyardError('TY-PARAM', {
        what: `two approvals of this run are called "${approvalName(ask)}" and wait at the same time`,
        where: { field: ask.name },
        remedy: 'give each a name of its own, or ask them in scopes of their own: by map() or sub-pipelines',
      });
    }
    const put = this.#ledger.put(ask, Date.now());
    this.#onAsk(ask, put.at);
    if (!put.answer) {
      try {
        await when(() => put.answer !== undefined, put.leftMs);
      } finally {
        this.#ledger.drop(put);
      }
    }
    return this.#ledger.settle(put);
  }
}
