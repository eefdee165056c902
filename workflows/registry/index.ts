import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineUpdate,
  makeContinueAsNewFunc,
  patched,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { isTrainyardError } from '@trainyard/errors';
import { failureOf } from '../../core/failure.js';
import {
  REGISTRY,
  type AnnotateRequest,
  type DeleteRequest,
  type MarkAnswer,
  type ModelHead,
  type MoveAnswer,
  type MoveRequest,
  type RegisterAnswer,
  type RegisterRequest,
  type RegistryInput,
  type RegistryState,
  type RollbackRequest,
  type TrafficAnswer,
  type TrafficRequest,
} from './contract.js';
import {
  checkAliases,
  checkMove,
  checkRegister,
  checkRollback,
  checkRoom,
  move,
  register,
  rollback,
} from './ledger.js';
import { annotate, checkAnnotate, checkDelete, remove } from './marks.js';
import { deliverEvents } from './outbox.js';
import { Lookup, Shortener } from './paging.js';
import { checkTraffic, setTraffic } from './traffic.js';
import { announcement, emptyModel, fromFormer, isFormer } from './state.js';

const registerUpdate = defineUpdate<RegisterAnswer, [RegisterRequest]>(REGISTRY.register);
const moveUpdate = defineUpdate<MoveAnswer, [MoveRequest]>(REGISTRY.move);
const rollbackUpdate = defineUpdate<MoveAnswer, [RollbackRequest]>(REGISTRY.rollback);
const annotateUpdate = defineUpdate<MarkAnswer, [AnnotateRequest]>(REGISTRY.annotate);
const deleteUpdate = defineUpdate<MarkAnswer, [DeleteRequest]>(REGISTRY.remove);
const trafficUpdate = defineUpdate<TrafficAnswer, [TrafficRequest]>(REGISTRY.traffic);
const stateQuery = defineQuery<ModelHead>(REGISTRY.state);

/** A store that took no page is asked again after this time, and after twice as long each time, up to the longest; ms. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

/** A refusal keeps its record on the way to the caller, and fails the Update alone, never the Workflow. */
function inWords<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw isTrainyardError(error) ? failureOf(error, { nonRetryable: true }) : error;
  }
}

/**
 * A model in the registry, for as long as the model lives: its versions, its aliases, and who moved them. Requests are
 * Updates, each whole or not at all; a refused one leaves no trace. The memo holds where every alias stands, so that
 * servers read it without a worker. Old versions, lines and keys are moved into pages of the store; a request that
 * needs them looks there first, and is then settled at once, by the state as it is then.
 */
export async function modelRegistry(input: RegistryInput): Promise<void> {
  const carried = input.state ?? emptyModel(input.name);
  let state: RegistryState = isFormer(carried) ? fromFormer(carried) : carried;
  let problem: string | undefined;
  const set = (next: RegistryState): void => {
    state = next;
  };
  // Workflow time: the clock of the task's start, the same on every replay.
  const now = (): string => new Date().toISOString();
  const apply = <R>(change: () => { state: RegistryState; answer: R }): R => {
    const { state: next, answer } = inWords(change);
    if (next !== state) {
      state = next;
      upsertMemo({ [REGISTRY.announcement]: announcement(state) });
    }
    return answer;
  };
  const lookup = new Lookup(() => state, set);
  const shortener = new Shortener(() => state, set, input.openBytes);
  setHandler(stateQuery, () => {
    const { keys: _, ...head } = state;
    return problem === undefined ? head : { ...head, problem };
  });
  // Settled within the task that brings it, unless the store must be asked: as the histories of 0.1.0 have it.
  setHandler(
    registerUpdate,
    (request) => lookup.ofRegister(request, (looked) => apply(() => register(state, request, now(), looked))),
    {
      validator: (request) =>
        inWords(() => {
          checkRegister(state, request);
          checkRoom(state, problem);
        }),
    },
  );
  setHandler(
    moveUpdate,
    (request) => lookup.ofMove(request, (looked) => apply(() => move(state, request, now(), looked))),
    {
      validator: (request) =>
        inWords(() => {
          if (!lookup.isMoveInPages(request)) checkMove(state, request);
          checkAliases(state, request);
        }),
    },
  );
  setHandler(
    rollbackUpdate,
    (request) => lookup.ofRollback(request, (looked) => apply(() => rollback(state, request, now(), looked))),
    { validator: (request) => inWords(() => checkRollback(state, request)) },
  );
  setHandler(annotateUpdate, (request) => apply(() => annotate(state, request, now())), {
    validator: (request) => inWords(() => checkAnnotate(state, request)),
  });
  setHandler(deleteUpdate, (request) => apply(() => remove(state, request, now())), {
    validator: (request) => inWords(() => checkDelete(state, request)),
  });
  setHandler(
    trafficUpdate,
    (request) => lookup.ofTraffic(request, (looked) => apply(() => setTraffic(state, request, now(), looked))),
    { validator: (request) => inWords(() => checkTraffic(state, request)) },
  );

  const isDone = (): boolean => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const long = input.continueAfter === undefined ? continueAsNewSuggested : historyLength >= input.continueAfter;
    return long && allHandlersFinished();
  };
  let leaves = false;
  const told = deliverEvents(
    () => state,
    set,
    () => leaves,
  );
  // A cancellation reaches it, too: what it ends with is said below, where it ends first.
  told.catch(() => undefined);
  for (let wait = 0; !isDone();) {
    await condition(() => isDone() || shortener.isDue);
    if (!shortener.isDue) continue;
    const before = state;
    if (!patched('14-registry-pages')) {
      // What a former release did here is repeated: the store is asked once the history has been caught up with.
      await condition(() => isDone() || state !== before);
      continue;
    }
    try {
      await shortener.run();
      problem = undefined;
      wait = 0;
    } catch (error) {
      problem = sayCause(error);
      wait = Math.min(LONGEST_WAIT_MS, wait === 0 ? FIRST_WAIT_MS : 2 * wait);
      await condition(isDone, wait);
    }
  }
  leaves = true;
  await told;
  // What has come while events were on their way is settled first.
  await condition(isDone);
  // The memo is handed on, not set again afterwards: readers must never see a run without it.
  const memo = { [REGISTRY.announcement]: announcement(state) };
  await makeContinueAsNewFunc<typeof modelRegistry>({ memo })({ ...input, state });
}

function sayCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
}
