import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import { inWords } from '../client/unreachable.js';
import { isUnknownUpdate } from '../client/rejection.js';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';

// Codes of gRPC, as Temporal answers with them.
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;

/** Errors of the parts that a route talks to, in the catalogue's words; what nobody can explain stays as it is. */
export function explained(error: unknown): unknown {
  if (isTrainyardError(error)) return error;
  const code = grpcCodeOf(error);
  if (code === DEADLINE_EXCEEDED)
    return new TrainyardError('TY-TEMPORAL-AWAY', {
      what: 'no answer came in time: Temporal does not answer, or no worker listens for what it was asked',
      remedy: 'start what is missing: trainyard dev, or trainyard worker beside the Temporal of temporal.address',
      cause: error,
    });
  const away = inWords(error);
  if (away !== error) return away;
  if (error instanceof Error && (error as { code?: unknown }).code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return Object.assign(new Error('the body is larger than this request may be'), { statusCode: 413 });
  if (error instanceof WorkflowNotFoundError || code === NOT_FOUND)
    return new TrainyardError('TY-RUN-UNKNOWN', { what: 'Temporal knows nothing of this id', cause: error });
  if (code === FAILED_PRECONDITION)
    return new TrainyardError('TY-WORKER-NONE', {
      what: 'no worker listens for what this request is about',
      cause: error,
    });
  // A Workflow that does not know the question or the Update: the id is that of another kind of thing.
  if (error instanceof QueryNotRegisteredError || isUnknownUpdate(error))
    return new TrainyardError('TY-DECISION', {
      what: 'what goes on under this id is of another kind, and does not take this request',
      cause: error,
    });
  if (code === INVALID_ARGUMENT)
    return new TrainyardError('TY-REQUEST', {
      what: 'Temporal refuses an id or a value of this request',
      cause: error,
    });
  if (code === RESOURCE_EXHAUSTED)
    return new TrainyardError('TY-TEMPORAL-AWAY', { what: 'Temporal takes no more requests now', cause: error });
  return error;
}

function grpcCodeOf(error: unknown): number | undefined {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 10; inner = inner.cause, depth++) {
    const { code } = inner as { code?: unknown };
    if (typeof code === 'number') return code;
  }
  return undefined;
}
