import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineUpdate,
  makeContinueAsNewFunc,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { isTrainyardError } from '../../core/errors/index.js';
import { failureOf } from '../../core/failure.js';
import {
  REGISTRY,
  type ModelState,
  type MoveAnswer,
  type MoveRequest,
  type RegisterAnswer,
  type RegisterRequest,
  type RegistryInput,
  type RollbackRequest,
} from './contract.js';
import {
  announcement,
  checkMove,
  checkRegister,
  checkRollback,
  emptyModel,
  move,
  register,
  rollback,
} from './ledger.js';

const registerUpdate = defineUpdate<RegisterAnswer, [RegisterRequest]>(REGISTRY.register);
const moveUpdate = defineUpdate<MoveAnswer, [MoveRequest]>(REGISTRY.move);
const rollbackUpdate = defineUpdate<MoveAnswer, [RollbackRequest]>(REGISTRY.rollback);
const stateQuery = defineQuery<ModelState>(REGISTRY.state);

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
 * Updates, taken one after the other, each whole or not at all; a refused one leaves no trace. The memo holds where
 * every alias stands, so that servers read it without a worker.
 */
export async function modelRegistry(input: RegistryInput): Promise<void> {
  let state = input.state ?? emptyModel(input.name);
  // Workflow time: the clock of the task's start, the same on every replay.
  const now = (): string => new Date().toISOString();
  const apply = <R>(change: () => { state: ModelState; answer: R }): R => {
    const { state: next, answer } = inWords(change);
    if (next !== state) {
      state = next;
      upsertMemo({ [REGISTRY.announcement]: announcement(state) });
    }
    return answer;
  };
  setHandler(stateQuery, () => state);
  setHandler(registerUpdate, (request) => apply(() => register(state, request, now())), {
    validator: (request) => inWords(() => checkRegister(state, request)),
  });
  setHandler(moveUpdate, (request) => apply(() => move(state, request, now())), {
    validator: (request) => inWords(() => checkMove(state, request)),
  });
  setHandler(rollbackUpdate, (request) => apply(() => rollback(state, request, now())), {
    validator: (request) => inWords(() => checkRollback(state, request)),
  });

  const long = (): boolean => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return input.continueAfter === undefined ? continueAsNewSuggested : historyLength >= input.continueAfter;
  };
  await condition(() => long() && allHandlersFinished());
  // The memo is handed on, not set again afterwards: readers must never see a run without it.
  const memo = { [REGISTRY.announcement]: announcement(state) };
  await makeContinueAsNewFunc<typeof modelRegistry>({ memo })({ ...input, state });
}
