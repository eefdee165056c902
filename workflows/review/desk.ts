import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import type { NextReply, ReviewPhase, ReviewReply, ReviewRequest } from './contract.js';
import type { ReviewLedger } from './ledger.js';

/** Serves requests on a ledger, each by itself: one that is refused does not touch the others of its batch. */
export class Desk {
  readonly #ledger: ReviewLedger;

  constructor(ledger: ReviewLedger) {
    this.#ledger = ledger;
  }

  serve(request: ReviewRequest, phase: ReviewPhase, now: number): ReviewReply {
    return inWords(() => {
      this.#check(request, phase);
      if (request.kind === 'answer') this.#ledger.answer(request, now);
      return phase === 'open'
        ? this.#ledger.next(request, now)
        : { ...this.#ledger.progress(request.reviewer), held: [] };
    });
  }

  /** What `serve` would reply to a request that changes nothing. */
  look(request: ReviewRequest, phase: ReviewPhase, now: number): ReviewReply {
    return inWords(() => {
      this.#check(request, phase);
      return {
        ...this.#ledger.progress(request.reviewer),
        held: phase === 'open' ? this.#ledger.available(request, now) : [],
      };
    });
  }

  /** Whether serving a request enters an answer or keeps an item. */
  changes(request: ReviewRequest, phase: ReviewPhase, now: number): boolean {
    const looked = this.look(request, phase, now);
    if ('refused' in looked) return false;
    return looked.reply.held.length > 0 || (request.kind === 'answer' && !this.#ledger.has(request.requestId));
  }

  #check(request: ReviewRequest, phase: ReviewPhase): void {
    // First: while its own answers are read, a review cannot judge others.
    if (phase === 'opening')
      throw new TrainyardError('TY-REVIEW-OPENING', { what: 'the review is not open yet: it begins just now' });
    if (request.kind === 'answer') this.#ledger.checkAnswer(request, phase !== 'closed');
    this.#ledger.checkNext(request);
  }
}

function inWords(serve: () => NextReply): ReviewReply {
  try {
    return { reply: serve() };
  } catch (error) {
    if (isTrainyardError(error)) return { refused: error.toRecord() };
    throw error;
  }
}
