import { isCancellation, patched, sleep } from '@temporalio/workflow';
import { nextFold, pagedCount } from '../../core/paged-list.js';
import { keepNext } from '../pages/index.js';
import type { AnswerRow, CarriedReview, ReviewActivities } from './contract.js';
import type { ReviewLedger } from './ledger.js';

/** A store that did not do its part is asked again after this time, and after twice as long each time, up to the longest; ms. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * Moves answers into pages until few enough are left, or until a time (ms since 1970). None leaves the ledger before its
 * page is kept.
 */
export async function shorten(
  ledger: ReviewLedger,
  patiently: Patience,
  { until, bytes }: { readonly until?: number | undefined; readonly bytes?: number | undefined },
): Promise<void> {
  while (nextFold(ledger.answers, bytes) && isPaged()) {
    const put = await patiently(async () => (await keepNext(ledger.answers, bytes)) ?? null, until);
    if (put === undefined) return;
    if (put) ledger.letGo(put);
  }
}

/** What the rules need of the answers in the pages of a review. */
export async function readPaged(
  { pages = [] }: CarriedReview,
  activities: Pick<ReviewActivities, 'trainyard.readAnswers'>,
  patiently: Patience,
): Promise<AnswerRow[]> {
  const rows: AnswerRow[] = [];
  for (const all = pagedCount({ pages }); rows.length < all;)
    rows.push(...(await patiently(() => activities['trainyard.readAnswers'](pages, rows.length))));
  return rows;
}

/**
 * Does what needs the store, again and again until it is done: people's answers are not given up. With a time until which
 * it is worth it (ms since 1970) it gives undefined then.
 */
export interface Patience {
  <T>(act: () => Promise<T>): Promise<T>;
  <T>(act: () => Promise<T>, until: number | undefined): Promise<T | undefined>;
}

/** Tells what is waited for, and `undefined` when it goes on. */
export function patience(tell: (problem: string | undefined) => void): Patience {
  return async <T>(act: () => Promise<T>, until = Infinity) => {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, 2 * wait)) {
      try {
        const done = await act();
        if (wait > FIRST_WAIT_MS) tell(undefined);
        return done;
      } catch (error) {
        if (isCancellation(error) || !isPaged()) throw error;
        tell(causeOf(error));
        await sleep(Math.max(1, Math.min(wait, until - Date.now())));
        // Former histories tried once more, however late it was.
        if (Date.now() >= until && patched('17-review-deadline')) return undefined as T;
      }
    }
  };
}

/** Former histories carry all answers, and fail when the store does. */
function isPaged(): boolean {
  return patched('15-review-pages');
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
}
