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
import { isTrainyardError } from '../../core/errors/index.js';
import type { JsonKind, Ref } from '../../core/kinds.js';
import {
  REVIEW,
  type AnswerRequest,
  type NextReply,
  type NextRequest,
  type ReviewActivities,
  type ReviewInput,
  type ReviewMemo,
  type ReviewState,
} from './contract.js';
import { detailsOf } from './details.js';
import { ReviewLedger } from './ledger.js';

const nextUpdate = defineUpdate<NextReply, [NextRequest]>(REVIEW.next);
const answerUpdate = defineUpdate<NextReply, [AnswerRequest & Partial<Pick<NextRequest, 'hold'>>]>(REVIEW.answer);
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
  let open = carried !== undefined;

  const state = (reviewer = ''): ReviewState => ({
    ...ledger.progress(reviewer),
    ...ledger.agreement(),
    spec,
    name: input.name,
    run: input.run.id,
    pipeline: input.run.pipeline,
    open,
    answers: ledger.answers.length,
    startedAt,
    ...(deadline === undefined ? {} : { deadline }),
    people: ledger.people(),
  });
  setHandler(stateQuery, state);
  const next = (request: NextRequest): NextReply =>
    open ? ledger.next(request, Date.now()) : { ...ledger.progress(request.reviewer), held: [] };
  setHandler(nextUpdate, next, { validator: (request) => inWords(() => ledger.checkNext(request)) });
  setHandler(
    answerUpdate,
    ({ hold = 1, ...request }) => {
      if (ledger.answer(request, Date.now())) setCurrentDetails(detailsOf(state(), Date.now()));
      return next({ reviewer: request.reviewer, hold });
    },
    {
      validator: (request) =>
        inWords(() => {
          ledger.checkAnswer(request, open);
          ledger.checkNext({ reviewer: request.reviewer, hold: request.hold ?? 1 });
        }),
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
    open = true;
  }
  const due = (): boolean => ledger.complete || workflowInfo().continueAsNewSuggested;
  if (deadline === undefined) await condition(due);
  else await condition(due, Math.max(1, deadline - Date.now()));
  // An answer that came with the last one is waited for, so that who was told "accepted" is on the record.
  await condition(allHandlersFinished);
  const late = deadline !== undefined && Date.now() >= deadline;
  if (!ledger.complete && !late) {
    const { answers, leases } = ledger;
    return continueAsNew<typeof labelReview>({ ...asked, carried: { answers, leases, startedAt } });
  }
  // From here on answers are refused: what is written now is all there is.
  open = false;
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

/** A refusal keeps its record on the way to the caller, and fails the Update alone, never the Workflow. */
function inWords(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (isTrainyardError(error)) throw ApplicationFailure.nonRetryable(error.message, error.code, error.toRecord());
    throw error;
  }
}
