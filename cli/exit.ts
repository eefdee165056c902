import { inWords } from '../client/unreachable.js';
import { TrainyardError, isTrainyardError, type Code } from '@trainyard/errors';

/** Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted (128 and the number of SIGINT, as shells have it). */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Errors that say that the command itself was given something wrong. */
const USAGE: readonly Code[] = [
  'TY-USAGE',
  'TY-PARAM',
  'TY-PIPELINE-UNKNOWN',
  'TY-NODE-UNKNOWN',
  'TY-RUN-UNKNOWN',
  'TY-RUN-EXISTS',
  'TY-STUDY-UNKNOWN',
  'TY-MODEL-UNKNOWN',
  'TY-ENDPOINT-UNKNOWN',
];

/** An error of a run, not of the command: its exit code is 1, whatever its own code says. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';
  readonly run: string;
  readonly error: TrainyardError;

  constructor(run: string, error: TrainyardError) {
    super(error.message);
    this.run = run;
    this.error = error;
  }
}

/** The interruption of a command that had something to say about it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  return isTrainyardError(error) && USAGE.includes(error.code) ? EXIT.usage : EXIT.failed;
}

/** Any error as one of the catalogue's: those that nobody explained say how to see more. */
export function explained(error: unknown): TrainyardError {
  if (error instanceof RunFailed) return error.error;
  const known = inWords(error);
  if (isTrainyardError(known)) return known;
  const system = error as { code?: unknown; path?: unknown };
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (system?.code === 'ENOSPC')
    return new TrainyardError('TY-STORE-FULL', { what: 'there is no space left on the disk', cause: error });
  if (system?.code === 'ENOENT' && typeof system.path === 'string')
    return new TrainyardError('TY-USAGE', { what: 'a file is not there', where: { file: system.path }, cause: error });
  if (typeof system?.code === 'string' && ['EACCES', 'EPERM', 'EROFS'].includes(system.code))
    return new TrainyardError('TY-SETUP', {
      what: `this user may not do that: ${message}`,
      remedy: 'give the user the permission, or choose another folder',
      cause: error,
    });
  return new TrainyardError('TY-UNEXPLAINED', { what: message, cause: error });
}
