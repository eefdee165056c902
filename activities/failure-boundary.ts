import { ApplicationFailure } from '@temporalio/common';
import { cutText, isTrainyardError, MOST_SIGNS } from '@trainyard/errors';
import { failureOf } from '../core/failure.js';

type Activity = (...args: never[]) => Promise<unknown>;

/** The same Activities; an error of the catalogue keeps its parts on the way to the Workflow, and one that stays is not tried again. */
export function inWords(activities: Readonly<Record<string, Activity>>): Record<string, Activity> {
  return Object.fromEntries(
    Object.entries(activities).map(([name, act]) => [
      name,
      async (...args: never[]) => {
        try {
          return await act(...args);
        } catch (error) {
          if (!isTrainyardError(error)) throw bounded(error);
          throw failureOf(error);
        }
      },
    ]),
  );
}

/** Another's error, cut where it is longer than what travels: Temporal would refuse the answer, and ask again without end. */
function bounded(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack = '', name, cause } = error;
  const length = message.length + stack.length + (cause instanceof Error ? cause.message.length : 0);
  if (length <= MOST_SIGNS.what + MOST_SIGNS.stack) return error;
  const { type, nonRetryable } = error as Partial<ApplicationFailure>;
  const failure = ApplicationFailure.create({
    message: cutText(message, MOST_SIGNS.what),
    type: type ?? name,
    nonRetryable: nonRetryable ?? false,
  });
  failure.stack = cutText(stack, MOST_SIGNS.stack);
  return failure;
}
