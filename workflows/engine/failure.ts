import { isCancellation } from '@temporalio/workflow';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import {
  CATALOGUE,
  cutText,
  type ErrorRecord,
  isTrainyardError,
  MOST_SIGNS,
  sayThrown,
  sayValue,
  TrainyardError,
} from '@trainyard/errors';
import { failureOf } from '../../core/failure.js';

/** Longest failure that a pipeline may end with in Temporal's own form, in characters. */
const MOST_FAILURE = 50_000;

/** What a node's or child's failure means, in the catalogue's words. Cancellations pass as they are. */
export function explainFailure(error: unknown, where: { node: string; run: string; pool?: string }): unknown {
  if (isTrainyardError(error) || isCancellation(error)) return error;
  const cause = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  if (cause instanceof CancelledFailure) return error;
  if (cause instanceof ApplicationFailure) {
    const record = recordIn(cause);
    if (record) return TrainyardError.fromRecord(record);
    return new TrainyardError('TY-NODE-FAILED', { what: `${where.node} failed: ${cause.message}`, where, cause });
  }
  if (cause instanceof TimeoutFailure) return explainTimeout(cause, where);
  if (cause instanceof TerminatedFailure)
    return new TrainyardError('TY-NODE-FAILED', { what: `${where.node} was terminated`, where, cause });
  return new TrainyardError('TY-NODE-FAILED', {
    what: `${where.node} failed: ${sayThrown(error)}`,
    where,
    cause: error,
  });
}

function explainTimeout(cause: TimeoutFailure, where: { node: string; run: string; pool?: string }): TrainyardError {
  const place = { node: where.node, run: where.run };
  if (cause.timeoutType === 'SCHEDULE_TO_START') {
    return new TrainyardError('TY-WORKER-NONE', {
      what: `${where.node} waited for a free slot of pool "${where.pool ?? ''}" longer than its queueTimeout allows`,
      where: place,
      remedy: `start a worker for pool "${where.pool ?? ''}", or raise queueTimeout`,
    });
  }
  if (cause.timeoutType !== 'HEARTBEAT') {
    return new TrainyardError('TY-NODE-TIMEOUT', {
      what: `${where.node} was given up: it took longer than its time limit`,
      where: place,
      cause,
    });
  }
  return new TrainyardError('TY-NODE-CRASHED', {
    what: `${where.node} was given up: its worker stopped answering`,
    where: place,
    remedy: 'look at the log of the worker; run again: what had finished is found',
    cause,
  });
}

/** What a pipeline's function threw, with the line that its stack begins with. Errors in our words, and Temporal's, pass. */
export function explainThrown(error: unknown, { pipeline, run }: { pipeline: string; run: string }): unknown {
  if (isTrainyardError(error) || isCancellation(error) || error instanceof TemporalFailure) return error;
  const own = error instanceof Error ? error : new Error(sayThrown(error));
  return new TrainyardError('TY-PIPELINE-THREW', {
    what: `pipeline ${pipeline} threw ${own.name}: ${own.message}`,
    where: { run, file: lineOf(own) },
    cause: own,
  });
}

/** The first place that a stack names, with the folder that the file is in. */
function lineOf({ stack = '' }: Error): string | undefined {
  return /^ +at (?:.*\()?(?:[^()\n]*[\\/])?([^()\\/\n]+[\\/][^()\\/\n]+:\d+:\d+)\)?$/m.exec(stack)?.[1];
}

/** The failure that ends a Workflow: its first line says what a person must do; Temporal does not try it again. */
export function workflowFailure(error: unknown): Error {
  if (isCancellation(error) || (error instanceof TemporalFailure && isShort(error))) return error as Error;
  const known = isTrainyardError(error) ? error : new TrainyardError('TY-NODE-FAILED', { what: sayThrown(error) });
  const failure = failureOf(known, { nonRetryable: true });
  if (known.code === 'TY-PIPELINE-THREW' && known.cause instanceof Error && known.cause.stack)
    failure.stack = cutText(known.cause.stack, MOST_SIGNS.stack);
  return failure;
}

/** Whether a failure that a pipeline made by itself is short enough to be sent. */
function isShort(error: TemporalFailure): boolean {
  let signs = 0;
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 10; one = one.cause, depth++) {
    const details = one instanceof ApplicationFailure ? sayValue(one.details ?? []).length : 0;
    signs += one.message.length + (one.stack?.length ?? 0) + details;
  }
  return signs <= MOST_FAILURE;
}

/** The error of the catalogue that a failure of Temporal carries. */
function recordIn({ details }: ApplicationFailure): ErrorRecord | undefined {
  const record = details?.[0] as ErrorRecord | undefined;
  return record && typeof record === 'object' && 'code' in record && record.code in CATALOGUE ? record : undefined;
}

/** An error as the graph keeps it. */
export function errorRecord(error: unknown): ErrorRecord {
  if (isTrainyardError(error)) return error.toRecord();
  // One of the engine's own Activities refused.
  const carried = error instanceof ApplicationFailure ? recordIn(error) : undefined;
  if (carried) return carried;
  return new TrainyardError('TY-NODE-FAILED', {
    what: sayThrown(error),
  }).toRecord();
}
