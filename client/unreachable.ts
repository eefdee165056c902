import { TrainyardError, isTrainyardError } from '@trainyard/errors';

/** gRPC's CANCELLED (1), DEADLINE_EXCEEDED (4) and UNAVAILABLE (14): nobody answered, and another attempt may be answered. */
const AWAY = [1, 4, 14];

/** Whether an error says that Temporal did not answer, as against an answer that was no. */
export function isAway(error: unknown): boolean {
  if (isTrainyardError(error)) return error.code === 'TY-TEMPORAL-AWAY';
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    if (AWAY.includes((inner as { code?: unknown }).code as number)) return true;
  return false;
}

/** An error of the connection in the catalogue's words; any other as it is. */
export function inWords(error: unknown, address?: string): unknown {
  if (isTrainyardError(error) || !isAway(error)) return error;
  return new TrainyardError('TY-TEMPORAL-AWAY', {
    what: `Temporal does not answer${address === undefined ? '' : ` at ${address}`}`,
    cause: error,
  });
}
