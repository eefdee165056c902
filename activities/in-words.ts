import { isTrainyardError } from '../core/errors/index.js';
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
          if (!isTrainyardError(error)) throw error;
          throw failureOf(error);
        }
      },
    ]),
  );
}
