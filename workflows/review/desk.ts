import { isTrainyardError } from '../../core/errors/index.js';
import type { NextReply, ReviewReply, ReviewRequest } from './contract.js';
import type { ReviewLedger } from './ledger.js';

/** Serves requests on a ledger, each by itself: one that is refused does not touch the others of its batch. */
export class Desk {
  readonly #ledger: ReviewLedger;

  constructor(ledger: ReviewLedger) {
    this.#ledger = ledger;
  }

  serve(request: ReviewRequest, open: boolean, now: number): ReviewReply {
    return inWords(() => {
      this.#check(request, open);
      if (request.kind === 'answer') this.#ledger.answer(request, now);
      return open ? this.#ledger.next(request, now) : { ...this.#ledger.progress(request.reviewer), held: [] };
    });
  }

  /** What `serve` would reply to a request that changes nothing. */
  look(request: ReviewRequest, open: boolean, now: number): ReviewReply {
    return inWords(() => {
      this.#check(request, open);
      return { ...this.#ledger.progress(request.reviewer), held: open ? this.#ledger.available(request, now) : [] };
    });
  }

  /** Whether serving a request enters an answer or keeps an item. */
  changes(request: ReviewRequest, open: boolean, now: number): boolean {
    const looked = this.look(request, open, now);
    if ('refused' in looked) return false;
    return looked.reply.held.length > 0 || (request.kind === 'answer' && !this.#ledger.has(request.requestId));
  }

  #check(request: ReviewRequest, open: boolean): void {
    if (request.kind === 'answer') this.#ledger.checkAnswer(request, open);
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
