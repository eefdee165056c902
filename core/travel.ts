import { TrainyardError, type Place } from '@trainyard/errors';
import { jsonBytes } from './paging.js';

/**
 * Most bytes of JSON that a run, a node or a decision may be given, or a run give back. Temporal refuses messages from
 * 2 MB on, some hold such a value several times, and what is refused there is tried again for ever.
 */
export const TRAVEL_BYTES = 500_000;

/** Throws TY-TOO-LARGE for a value that is larger than what travels; `what` begins the sentence: `the parameters of p`. */
export function checkTravels(what: string, value: unknown, where: Place): void {
  const bytes = jsonBytes(value);
  if (bytes <= TRAVEL_BYTES) return;
  throw new TrainyardError('TY-TOO-LARGE', {
    what: `${what}: more than what travels`,
    where,
    expected: `at most ${TRAVEL_BYTES.toLocaleString('en')} bytes of JSON`,
    actual: `${bytes.toLocaleString('en')} bytes`,
  });
}
