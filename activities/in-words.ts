import { ApplicationFailure } from '@temporalio/common';
import { isTrainyardError } from '../core/errors/index.js';

type Activity = (...args: never[]) => Promise<unknown>;

/** The same Activities; an error of the catalogue keeps its parts on the way to the Workflow, not its text alone. */
export function inWords(activities: Readonly<Record<string, Activity>>): Record<string, Activity> {
  return Object.fromEntries(
    Object.entries(activities).map(([name, act]) => [
      name,
      async (...args: never[]) => {
        try {
          return await act(...args);
        } catch (error) {
          if (!isTrainyardError(error)) throw error;
          throw ApplicationFailure.create({ message: error.message, type: error.code, details: [error.toRecord()] });
        }
      },
    ]),
  );
}
