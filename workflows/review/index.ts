import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { JsonKind, Ref } from '../../core/kinds.js';
import {
  REVIEW,
  type ReviewActivities,
  type ReviewInput,
  type ReviewMemo,
  type ReviewPhase,
  type ReviewReply,
  type ReviewRequest,
  type ReviewState,
} from './contract.js';
import { Desk } from './desk.js';
import { detailsOf } from './details.js';
import { ReviewLedger } from './ledger.js';

const requestsUpdate = defineUpdate<ReviewReply[], [readonly ReviewRequest[]]>(REVIEW.requests);
const stateQuery = defineQuery<ReviewState, [reviewer?: string]>(REVIEW.state);

/**
 * A label review, for as long as people take. Answers come as Updates: an accepted one is on record exactly once, a
 * refused one leaves no trace and says why. It closes when every item is settled, or at the deadline, and gives the
 * reference to its answers.
 */
export async function labelReview(input: ReviewInput): Promise<Ref<JsonKind>> {
  const activities = proxyLocalActivities<ReviewActivities>({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '100ms', maximumInterval: '5s', maximumAttempts: 20 },
  });
  const { args: spec, carried } = input;
  const asked = { args: spec, run: input.run, name: input.name, scope: input.scope };
  const startedAt = carried?.startedAt ?? Date.now();
  const deadline = spec.deadlineMs === undefined ? undefined : startedAt + spec.deadlineMs;
  const ledger = new ReviewLedger(spec, carried?.answers, carried?.leases);
  const desk = new Desk(ledger);
  let phase: ReviewPhase = carried ? 'open' : 'opening';

  const state = (reviewer = ''): ReviewState => ({
    ...ledger.progress(reviewer),
    ...ledger.agreement(),
    spec,
    name: input.name,
    run: input.run.id,
    pipeline: input.run.pipeline,
    open: phase === 'open',
    answers: ledger.answers.length,
    startedAt,
    ...(deadline === undefined ? {} : { deadline }),
    people: ledger.people(),
  });
  setHandler(stateQuery, state);
  setHandler(
    requestsUpdate,
    (requests: readonly ReviewRequest[]) => {
      const before = ledger.answers.length;
      const replies = requests.map((request) => desk.serve(request, phase, Date.now()));
      if (ledger.answers.length !== before) setCurrentDetails(detailsOf(state(), Date.now()));
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
  setCurrentDetails(detailsOf(state(), Date.now()));

  if (!carried) {
    const memo: ReviewMemo = {
      name: input.name,
      run: input.run.id,
      pipeline: input.run.pipeline,
      label: spec.label,
      items: spec.items,
    };
    upsertMemo({ [REVIEW.memo]: memo });
    const found = await activities['trainyard.findReview'](asked);
    if (found) return found;
    phase = 'open';
  }
  const long = (): boolean => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return input.continueAfter === undefined ? continueAsNewSuggested : historyLength >= input.continueAfter;
  };
  const due = (): boolean => ledger.complete || long();
  if (deadline === undefined) await condition(due);
  else await condition(due, Math.max(1, deadline - Date.now()));
  // An answer that came with the last one is waited for, so that who was told "accepted" is on the record.
  await condition(allHandlersFinished);
  const late = deadline !== undefined && Date.now() >= deadline;
  if (!ledger.complete && !late) {
    const { answers, leases } = ledger;
    return continueAsNew<typeof labelReview>({ ...input, carried: { answers, leases, startedAt } });
  }
  // From here on answers are refused: what is written now is all there is.
  phase = 'closed';
  setCurrentDetails(detailsOf(state(), Date.now()));
  return activities['trainyard.writeReview']({
    input: asked,
    startedAt,
    closedAt: Date.now(),
    closed: ledger.complete ? 'complete' : 'deadline',
    answers: ledger.answers,
    finals: ledger.finals(),
    people: ledger.people(),
    ...ledger.agreement(),
  });
}
