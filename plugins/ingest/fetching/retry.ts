import { setTimeout as sleep } from 'node:timers/promises';
import { isTrainyardError, TransientError } from '../../../core/index.js';

/** Statuses that may pass by themselves. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The longest pause that is waited for here, ms; a longer one is left to whoever retries the node. */
const LONGEST_MS = 60_000;

/** Whether an answer of this status may be another one later. */
export function mayPass(status: number): boolean {
  return PASSING.has(status);
}

/** The pause that an answer asks for (Retry-After: seconds or a date), ms; undefined where it asks for none. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** An answer that may pass: thrown within `retrying`, with the pause that it asked for. */
export class Passing extends TransientError {
  constructor(
    what: string,
    actual: string,
    readonly pauseMs?: number,
  ) {
    super(what, { actual });
  }
}

export interface Retrying {
  readonly attempts: number;
  /** The first pause, ms; each further one is twice as long. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
}

/** Tries until it works: again after what may pass, with longer and longer pauses, as often as is said. */
export async function retrying<T>({ attempts, pauseMs, signal, log }: Retrying, attempt: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!isTrainyardError(error) || error.permanent || n >= attempts) throw error;
      const asked = error instanceof Passing ? error.pauseMs : undefined;
      if (asked !== undefined && asked > LONGEST_MS) throw error;
      const pause = asked ?? Math.min(LONGEST_MS, pauseMs * 2 ** (n - 1));
      log(`${error.what}${error.actual ? ` (${error.actual})` : ''}: tried again in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal });
    }
  }
}
