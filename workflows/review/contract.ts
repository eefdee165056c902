import type { ErrorRecord } from '@trainyard/errors';
import type { JsonKind, Ref } from '../../core/kinds.js';
import type { PagedList } from '../../core/paged-list.js';
import type { RunFacts } from '../../core/runtime.js';

export {
  parseReviewQueue,
  QUEUE_FILE,
  type QueueItem,
  type QueueReason,
  type ReviewQueue,
} from '../../core/review-queue.js';

/** Workflow type of a label review. */
export const REVIEW_TYPE = 'label-review';

/** Names of its messages, of the refusal of a batch that changes nothing, and of the memo field that readers without a worker look at. */
export const REVIEW = { requests: 'requests', state: 'state', unchanged: 'UNCHANGED', memo: 'review' } as const;

/** What happens to rows that nobody answered for by the deadline: they keep their label, or are left out. */
export type ReviewDefault = 'keep' | 'drop';

/** What is asked of people. Items are named by their place in the queue, from 0: the rows themselves stay in the store. */
export interface ReviewSpec {
  /** The artifact whose file `queue.json` holds the rows. */
  readonly queue: Ref<JsonKind>;
  readonly items: number;
  /** Column whose values are reviewed. */
  readonly label: string;
  /** The answers that may be given. */
  readonly labels: readonly string[];
  /** People asked for each item; where they differ, others are asked until more than half agree. */
  readonly reviewers: number;
  /** Markdown shown beside each item. */
  readonly guideline: string;
  readonly byDefault: ReviewDefault;
  /** After this time from the start, in ms, the default counts; without it the review waits for as long as it takes. */
  readonly deadlineMs?: number;
  /** How long an item is kept for the one it was shown to, in ms. */
  readonly leaseMs: number;
  /** Ask again though an equal review was answered in another lineage of runs. */
  readonly askAgain: boolean;
}

/** The Workflow's one argument, as the engine gives it to children. */
export interface ReviewInput {
  readonly args: ReviewSpec;
  readonly run: RunFacts;
  readonly name: string;
  readonly scope: string;
  /** Set by continue-as-new only. */
  readonly carried?: CarriedReview;
  /** Continue as new from this many events on, instead of when the server suggests it: for tests. */
  readonly continueAfter?: number;
  /** Most bytes of answers that are carried, instead of `OPEN_BYTES`: for tests. */
  readonly pageBytes?: number;
}

/** What a review is asked, without how far it is. */
export type ReviewAsked = Omit<ReviewInput, 'carried' | 'continueAfter' | 'pageBytes'>;

export interface CarriedReview {
  /** The newest answers; without `pages` all of them. */
  readonly answers: readonly Answer[];
  /** Where the answers before them are. */
  readonly pages?: PagedList<Answer>['pages'];
  /** What is told while those are read. */
  readonly figures?: ReviewFigures;
  readonly leases: readonly Lease[];
  /** When the review began, ms since the epoch. */
  readonly startedAt: number;
}

export interface AnswerRequest {
  readonly item: number;
  readonly label: string;
  readonly reviewer: string;
  readonly note?: string;
  /** How long the reviewer looked at it. */
  readonly ms: number;
  /** Chosen by the sender: an answer sent twice is one answer. */
  readonly requestId: string;
  /** The reviewer's earlier answer to this item that this one takes the place of. */
  readonly revises?: string;
}

/** An answer on the record; `at` in ms since the epoch, by the Workflow's clock. */
export interface Answer extends AnswerRequest {
  readonly at: number;
}

/** What the rules of a review need of an answer: item, label, reviewer, ms, requestId. Notes and times stay in the store. */
export type AnswerRow = readonly [item: number, label: string, reviewer: string, ms: number, requestId: string];

export interface Lease {
  readonly item: number;
  readonly reviewer: string;
  /** ms since the epoch. */
  readonly until: number;
}

export interface NextRequest {
  readonly reviewer: string;
  /** Items to hold at once: the one shown and those fetched ahead. */
  readonly hold: number;
}

/** What people ask of a review. Those who serve many send them in batches, one Update at a time: Temporal bounds how many are under way. */
export type ReviewRequest =
  ({ readonly kind: 'next' } & NextRequest) | ({ readonly kind: 'answer' } & AnswerRequest & Pick<NextRequest, 'hold'>);

/** The reply to one request, in the order asked: what is held now, or why it was refused. */
export type ReviewReply = { readonly reply: NextReply } | { readonly refused: ErrorRecord };

export interface ReviewProgress {
  readonly items: number;
  /** Items whose label is settled. */
  readonly settled: number;
  /** Settled and open items that this reviewer has answered. */
  readonly mine: number;
}

export interface NextReply extends ReviewProgress {
  /** Items kept for this reviewer, in the order to be shown. Empty: nothing is left to do, or all is with others. */
  readonly held: readonly number[];
}

/** How a label came about. */
export type Settlement = 'agreed' | 'majority' | 'tie' | 'unanswered';

export interface FinalLabel {
  readonly item: number;
  /** Null where the given label stands, or the row is left out, for want of an answer. */
  readonly label: string | null;
  readonly how: Settlement;
}

export interface ReviewerState {
  readonly reviewer: string;
  readonly answers: number;
  /** Median time of an answer, in ms. */
  readonly medianMs: number;
}

/** What all answers together amount to. */
export interface ReviewFigures {
  readonly answers: number;
  readonly people: readonly ReviewerState[];
  /** Pairs of answers to the same item by different people, and how many of them are equal. */
  readonly pairs: number;
  readonly equalPairs: number;
  /** Items whose label is settled. */
  readonly settled: number;
}

export interface ReviewState extends ReviewProgress, ReviewFigures {
  readonly spec: ReviewSpec;
  readonly name: string;
  readonly run: string;
  readonly pipeline: string;
  readonly open: boolean;
  readonly startedAt: number;
  readonly deadline?: number;
}

/** What stands in the memo: enough to list open reviews when no worker is there. */
export interface ReviewMemo {
  readonly name: string;
  readonly run: string;
  readonly pipeline: string;
  readonly label: string;
  readonly items: number;
}

/** How far a review is: it looks for the answers of an equal one or for its own, it takes answers, or it takes no more. */
export type ReviewPhase = 'opening' | 'open' | 'closed';

/** Everything that a closed review leaves behind. */
export interface ReviewOutcome {
  readonly input: ReviewAsked;
  readonly startedAt: number;
  readonly closedAt: number;
  readonly closed: 'complete' | 'deadline';
  readonly answers: PagedList<Answer>;
  readonly finals: readonly FinalLabel[];
  readonly people: readonly ReviewerState[];
  readonly pairs: number;
  readonly equalPairs: number;
}

/** Activities of a review; they run in the Workflow worker. */
export interface ReviewActivities {
  /** The answers of an equal review that was completed before, or null. */
  'trainyard.findReview'(input: ReviewAsked): Promise<Ref<JsonKind> | null>;
  /** Answers from the pages of a review, from a place on, as many as may go through the history at once: one at least. */
  'trainyard.readAnswers'(pages: PagedList<Answer>['pages'], from: number): Promise<readonly AnswerRow[]>;
  /** Stores what a review gave, and where it is found again when it is complete. */
  'trainyard.writeReview'(outcome: ReviewOutcome): Promise<Ref<JsonKind>>;
}
