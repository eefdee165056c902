import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  defineQuery,
  defineUpdate,
  makeContinueAsNewFunc,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { RetryPolicy } from '@temporalio/common';
import type { JsonKind, Ref } from '../../core/kinds.js';
import {
  REVIEW,
  type ReviewActivities,
  type ReviewInput,
  type ReviewMemo,
  type ReviewOutcome,
  type ReviewPhase,
  type ReviewReply,
  type ReviewRequest,
  type ReviewState,
} from './contract.js';
import { Desk } from './desk.js';
import { detailsOf } from './details.js';
import { ReviewLedger } from './ledger.js';
import { patience, readPaged, shorten } from './paging.js';

const requestsUpdate = defineUpdate<ReviewReply[], [readonly ReviewRequest[]]>(REVIEW.requests);
const stateQuery = defineQuery<ReviewState, [reviewer?: string]>(REVIEW.state);

/** Events of work between reading the pages and continuing as new. */
const LEAST_EVENTS = 1_000;

/**
 * A label review, for as long as people take. Answers come as Updates: an accepted one is on record exactly once, a
 * refused one leaves no trace and says why. Old answers are moved into pages of the store. It closes when every item is
 * settled, or at the deadline, and gives the reference to its answers.
 */
export async function labelReview(input: ReviewInput): Promise<Ref<JsonKind>> {
  const activities = activitiesOf({ maximumInterval: '5s', maximumAttempts: 20 });
  // Tried again by a timer: while a task waits for an Activity, no request comes in.
  const patient = activitiesOf({ maximumInterval: '2s', maximumAttempts: 5 });
  const { args: spec, carried } = input;
  const asked = { args: spec, run: input.run, name: input.name, scope: input.scope };
  const startedAt = carried?.startedAt ?? Date.now();
  const deadline = spec.deadlineMs === undefined ? undefined : startedAt + spec.deadlineMs;
  const ledger = new ReviewLedger(spec);
  const desk = new Desk(ledger);
  let phase: ReviewPhase = 'opening';
  if (carried && !carried.pages?.length) {
    ledger.carryOn(carried);
    phase = 'open';
  }

  const state = (reviewer = ''): ReviewState => ({
    ...ledger.progress(reviewer),
    ...((phase === 'opening' ? carried?.figures : undefined) ?? ledger.figures()),
    spec,
    name: input.name,
    run: input.run.id,
    pipeline: input.run.pipeline,
    open: phase === 'open' || (phase === 'opening' && carried !== undefined),
    startedAt,
    ...(deadline === undefined ? {} : { deadline }),
  });
  let problem: string | undefined;
  const show = (): void => setCurrentDetails(detailsOf(state(), Date.now(), problem));
  const patiently = patience((waitsFor) => {
    problem = waitsFor;
    show();
  });
  setHandler(stateQuery, state);
  setHandler(
    requestsUpdate,
    (requests: readonly ReviewRequest[]) => {
      const before = ledger.count;
      const replies = requests.map((request) => desk.serve(request, phase, Date.now()));
      if (ledger.count !== before) show();
      return replies;
    },
    {
      // What changes nothing leaves no trace: its replies travel in the refusal.
      validator: (requests: readonly ReviewRequest[]) => {
        const now = Date.now();
        if (!requests.some((request) => desk.changes(request, phase, now))) {
          const replies = requests.map((request) => desk.look(request, phase, now));
          throw ApplicationFailure.nonRetryable('nothing changes', REVIEW.unchanged, replies);
        }
      },
    },
  );
  show();

  const review: ReviewMemo = {
    name: input.name,
    run: input.run.id,
    pipeline: input.run.pipeline,
    label: spec.label,
    items: spec.items,
  };
  const memo = { [REVIEW.memo]: review };
  if (!carried) {
    upsertMemo(memo);
    const found = await activities['trainyard.findReview'](asked);
    if (found) return found;
    phase = 'open';
  } else if (carried.pages?.length) {
    ledger.carryOn(carried, await readPaged(carried, patient, patiently));
    phase = 'open';
  }
  // What was read on the way may be so much that the server suggests to go on at once: some work comes first.
  const least = carried?.pages?.length ? workflowInfo().historyLength + LEAST_EVENTS : 0;
  const long = (): boolean => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return input.continueAfter === undefined
      ? continueAsNewSuggested && historyLength >= least
      : historyLength >= input.continueAfter;
  };
  const isLate = (): boolean => deadline !== undefined && Date.now() >= deadline;
  const due = (): boolean => ledger.complete || long();
  if (deadline === undefined) await condition(due);
  else await condition(due, Math.max(1, deadline - Date.now()));
  if (!ledger.complete && !isLate()) await shorten(ledger, patiently, { until: deadline, bytes: input.pageBytes });
  // An answer that came with the last one is waited for, so that who was told "accepted" is on the record.
  await condition(allHandlersFinished);
  if (!ledger.complete && !isLate()) {
    const { open: answers, pages } = ledger.answers;
    const paged = pages.length === 0 ? {} : { pages, figures: ledger.figures() };
    const leases = ledger.leases(Date.now());
    // Without the memo the next run would be in no list.
    const goOn = makeContinueAsNewFunc<typeof labelReview>({ memo });
    return goOn({ ...input, carried: { answers, leases, startedAt, ...paged } });
  }
  // From here on answers are refused: what is written now is all there is.
  phase = 'closed';
  show();
  const { people, pairs, equalPairs } = ledger.figures();
  const outcome: ReviewOutcome = {
    input: asked,
    startedAt,
    closedAt: Date.now(),
    closed: ledger.complete ? 'complete' : 'deadline',
    answers: ledger.answers,
    finals: ledger.finals(),
    people,
    pairs,
    equalPairs,
  };
  return patiently(() => patient['trainyard.writeReview'](outcome));
}

function activitiesOf(retry: Pick<RetryPolicy, 'maximumInterval' | 'maximumAttempts'>): ReviewActivities {
  return proxyLocalActivities<ReviewActivities>({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '100ms', ...retry },
  });
}
