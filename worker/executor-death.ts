import { sayBytes } from '../core/duration.js';
import { TrainyardError } from '@trainyard/errors';

export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What its processes held when they were ended for it. */
  readonly overMemory: number | undefined;
  readonly limit: number | undefined;
  /** The end of what it wrote. */
  readonly last: string;
}

/** What a node failed with whose process ended before it answered. */
export function sayDeath(where: { node: string; run: string; attempt: number }, death: Death): TrainyardError {
  const { code, signal, overMemory, limit, last } = death;
  if (overMemory !== undefined) {
    return new TrainyardError('TY-NODE-MEMORY', {
      what: `${where.node} was ended: it used more memory than it may`,
      where,
      expected: `at most ${sayBytes(limit ?? 0)}`,
      actual: sayBytes(overMemory),
    });
  }
  if (/heap out of memory|Allocation failed/.test(last)) {
    return new TrainyardError('TY-NODE-MEMORY', {
      what: `${where.node} ran out of memory for JavaScript values`,
      where,
      actual: last
        .trim()
        .split('\n')
        .find((line) => /heap/.test(line)),
    });
  }
  const how = signal ? `by signal ${signal}` : `with exit code ${String(code)}`;
  const tail = last.trim().split('\n').slice(-3).join(' | ');
  return new TrainyardError('TY-NODE-CRASHED', {
    what: `the process of ${where.node} ended ${how} before it answered`,
    where,
    ...(tail ? { actual: tail } : {}),
  });
}
