import { ApplicationFailure } from '@temporalio/common';
import type { TrainyardError } from '@trainyard/errors';

/**
 * An error of the catalogue as Temporal carries it: its message for people, its parts for programs, and whether to try
 * again, which by default follows from whose fault it is.
 */
export function failureOf(
  error: TrainyardError,
  options: { readonly nonRetryable?: boolean; readonly nextRetryDelay?: number } = {},
): ApplicationFailure {
  const { nonRetryable = error.permanent, ...more } = options;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable,
    details: [error.toRecord()],
    ...more,
  });
}
