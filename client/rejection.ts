import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TrainyardError, type ErrorRecord } from '@trainyard/errors';

/** What a Workflow refused an Update with, in the words that it had there; undefined for every other error. */
export function refusalOf(error: unknown): TrainyardError | undefined {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  const record = cause instanceof ApplicationFailure ? (cause.details?.[0] as ErrorRecord | undefined) : undefined;
  return record && TrainyardError.fromRecord(record);
}

/** The words of a Workflow that is not of this package, where it refused an Update; undefined for every other error. */
export function plainRefusal(error: unknown): string | undefined {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause instanceof ApplicationFailure ? cause.message : undefined;
}

/** Whether a Workflow knows no Update of this name: then it is of another kind than the one who asked thought. */
export function isUnknownUpdate(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError && /^No registered handler for update/.test(error.cause?.message ?? '')
  );
}
