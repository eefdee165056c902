/** The seconds after which a refused request may be sent again, beside its error. */
const AFTER = Symbol.for('trainyard.again-after');

/** Says when to ask again: the answer has a `Retry-After`. */
export function againAfter<E extends Error>(error: E, seconds: number): E {
  return Object.assign(error, { [AFTER]: seconds });
}

export function secondsToWait(error: unknown): number | undefined {
  const seconds = (error as { [AFTER]?: unknown } | null)?.[AFTER];
  return typeof seconds === 'number' ? seconds : undefined;
}
