import { setTimeout as sleep } from 'node:timers/promises';
import {
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TrainyardError } from '@trainyard/errors';
import {
  REVIEW,
  REVIEW_TYPE,
  type AnswerRequest,
  type NextReply,
  type NextRequest,
  type ReviewMemo,
  type ReviewReply,
  type ReviewRequest,
  type ReviewState,
} from '../../workflows/review/contract.js';
import { ofProject, type ProjectAccess } from '../homes.js';
import { isUnknownUpdate } from '../rejection.js';
import { ANSWER_MS } from '../patience.js';

export type { Answer, AnswerRequest, NextReply, NextRequest, ReviewState } from '../../workflows/review/contract.js';

/** What the functions of reviews need of a client. */
export interface ReviewAccess {
  readonly temporal: Client;
}

/** A review in a list. */
export interface ReviewListing extends ReviewMemo {
  /** Workflow id: also the id in addresses. */
  readonly id: string;
  readonly open: boolean;
  /** ms since the epoch. */
  readonly startedAt: number;
}

/** An Update may meet a review that just continues as new, or whose worker just restarts. */
const ATTEMPTS = 4;
/** Keeps an Update's payload far below Temporal's 2 MB, whatever the notes. */
const MOST_IN_BATCH = 100;

/** A project's open reviews, or all that the server still remembers, newest first. Needs no worker. */
export async function listReviews(
  access: ProjectAccess,
  options: { readonly all?: boolean; readonly run?: string } = {},
): Promise<ReviewListing[]> {
  const found: ReviewListing[] = [];
  const query = `WorkflowType = '${REVIEW_TYPE}' AND ${ofProject(access)}${options.all ? '' : " AND ExecutionStatus = 'Running'"}`;
  for await (const { workflowId, memo, status, startTime } of access.temporal.workflow.list({ query })) {
    const review = memo?.[REVIEW.memo] as ReviewMemo | undefined;
    if (review === undefined || (options.run !== undefined && review.run !== options.run)) continue;
    const { name, run, pipeline, label, items } = review;
    found.push({
      id: workflowId,
      name,
      run,
      pipeline,
      label,
      items,
      open: status.name === 'RUNNING',
      startedAt: startTime.getTime(),
    });
  }
  return found.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1));
}

/** Where a review stands. Throws TY-REVIEW-UNKNOWN, and TY-WORKER-NONE when no worker answers. */
export async function reviewState({ temporal }: ReviewAccess, id: string, reviewer = ''): Promise<ReviewState> {
  const state = await inWords(id, () =>
    within(temporal, () => temporal.workflow.getHandle(id).query<ReviewState, [string]>(REVIEW.state, reviewer)),
  );
  // Other kinds of Workflows answer a query of this name, too.
  if (!('spec' in state)) throw noReview(id);
  return state;
}

function noReview(id: string): TrainyardError {
  return new TrainyardError('TY-REVIEW-UNKNOWN', { what: `there is no label review "${id}" that is open` });
}

interface Waiting {
  readonly request: ReviewRequest;
  readonly resolve: (reply: NextReply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Passes requests of many people on to reviews: for each review one Update at a time, which carries all that has come
 * meanwhile. Temporal bounds the Updates under way for a Workflow, and each costs it the same whatever it carries.
 */
export class ReviewDesk {
  readonly #temporal: Client;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor({ temporal }: ReviewAccess) {
    this.#temporal = temporal;
  }

  /**
   * Items kept for a reviewer; asking again gives the same ones. Waits ten seconds for a review to open. Throws as
   * `reviewState`, TY-REVIEW-OPENING and TY-REVIEW-ANSWER.
   */
  next(id: string, request: NextRequest): Promise<NextReply> {
    return this.#ask(id, { kind: 'next', ...request });
  }

  /**
   * Gives an answer and gets the next items. Sent twice under one `requestId` it counts once, so after a lost reply it
   * is simply sent again. Throws as `next`, and nothing was entered then.
   */
  answer(id: string, request: AnswerRequest & Pick<NextRequest, 'hold'>): Promise<NextReply> {
    return this.#ask(id, { kind: 'answer', ...request });
  }

  #ask(id: string, request: ReviewRequest): Promise<NextReply> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(id);
      if (waiting) waiting.push({ request, resolve, reject });
      else {
        this.#waiting.set(id, [{ request, resolve, reject }]);
        void this.#serve(id);
      }
    });
  }

  async #serve(id: string): Promise<void> {
    for (let waiting = this.#waiting.get(id); waiting && waiting.length > 0;) {
      const batch = waiting.splice(0, MOST_IN_BATCH);
      try {
        const replies = await sendBatch(
          this.#temporal,
          id,
          batch.map(({ request }) => request),
        );
        batch.forEach(({ resolve, reject }, index) => {
          const reply = replies[index];
          if (reply && 'reply' in reply) resolve(reply.reply);
          else reject(reply ? TrainyardError.fromRecord(reply.refused) : new Error('the review left out a reply'));
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#waiting.delete(id);
  }
}

async function sendBatch(temporal: Client, id: string, batch: readonly ReviewRequest[]): Promise<ReviewReply[]> {
  const until = performance.now() + ANSWER_MS;
  return inWords(id, async () => {
    for (;;) {
      const replies = await update(temporal, id, batch);
      if (!replies.some(isOpening) || performance.now() > until) return replies;
      await sleep(200);
    }
  });
}

async function update(temporal: Client, id: string, batch: readonly ReviewRequest[]): Promise<ReviewReply[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const handle = temporal.workflow.getHandle(id);
      return await within(temporal, () =>
        handle.executeUpdate<ReviewReply[], [readonly ReviewRequest[]]>(REVIEW.requests, { args: [batch] }),
      );
    } catch (error) {
      const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      if (cause instanceof ApplicationFailure && cause.type === REVIEW.unchanged)
        return (cause.details?.[0] ?? []) as ReviewReply[];
      // The review may just continue as new. All requests may be sent again, so interrupted ones are.
      if (attempt === ATTEMPTS || !(error instanceof WorkflowUpdateFailedError)) throw error;
      await sleep(50 * 2 ** attempt);
    }
  }
}

/** Whether a review was asked before it was open: all of a batch were then, and none of it is on the record. */
function isOpening(reply: ReviewReply): boolean {
  return 'refused' in reply && reply.refused.code === 'TY-REVIEW-OPENING';
}

function within<T>(temporal: Client, ask: () => Promise<T>): Promise<T> {
  return temporal.withDeadline(Date.now() + ANSWER_MS, ask);
}

async function inWords<T>(id: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError || isUnknownUpdate(error))
      throw noReview(id);
    const failed = hasCode(error, [FAILED_PRECONDITION]);
    if (failed || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || hasCode(error, UNANSWERED)) {
      throw new TrainyardError('TY-WORKER-NONE', {
        what: failed
          ? `the review "${id}" does not answer: the worker that served it has failed`
          : `the review "${id}" did not answer within ${ANSWER_MS / 1000} s: no worker listens for it`,
        remedy: 'start one with trainyard dev or trainyard worker, then send it again: it counts once',
        cause: error,
      });
    }
    throw error;
  }
}

/** gRPC's DEADLINE_EXCEEDED, CANCELLED and UNAVAILABLE. */
const UNANSWERED = [4, 1, 14];
/** gRPC's code for a Workflow whose last tasks have failed or timed out, as after deaths of its workers. */
const FAILED_PRECONDITION = 9;

function hasCode(error: unknown, codes: readonly number[]): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    if (codes.includes((inner as { code?: unknown }).code as number)) return true;
  return false;
}
