import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, and not a later one that was given the same number: the number with the moment it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system writes it: clock ticks since boot on Linux, a date elsewhere. Compared, never read. */
  readonly started: string;
}

/** Who has this number now; `undefined` if nobody has, or only a dead process that waits to be collected. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command, in parentheses, may hold blanks: count the fields behind its end.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, started] = [fields[0], fields[19]];
      return started === undefined || state === 'Z' || state === 'X' ? undefined : { pid, started };
    }
    const [state = '', ...date] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : { pid, started: date.join(' ') };
  } catch {
    return undefined;
  }
}

export function isAlive(who: ProcessIdentity): boolean {
  return identify(who.pid)?.started === who.started;
}

let self: ProcessIdentity | undefined;

/** This process. */
export function ownIdentity(): ProcessIdentity {
  self ??= identify(process.pid) ?? { pid: process.pid, started: '' };
  return self;
}
