import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TransientError, UserError } from 'trainyard/worker';

export type Moment = 'before' | 'during' | 'after';
export type FaultKind = 'user' | 'transient' | 'throw' | 'crash' | 'timeout' | 'cancel' | 'terminate';

/** A failure planned for one node of one run, in the list `faults/<run>.json`: not part of any key. */
export interface Fault {
  readonly label: string;
  readonly moment: Moment;
  readonly kind: FaultKind;
  readonly times: number;
}

/** One line of `events.jsonl`. */
export interface Event {
  readonly what: 'start' | 'end' | 'fault';
  readonly run: string;
  readonly node: string;
  readonly label: string;
  readonly attempt: number;
  readonly pid: number;
  /** The process that it belongs to: its worker, or another once that is dead. */
  readonly parent: number;
  /** ms since the epoch, for putting kills and commits in order. */
  readonly at: number;
  readonly kind?: FaultKind;
}

export interface Place {
  readonly node: string;
  readonly label: string;
  readonly run: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

const project = process.env['TRAINYARD_PROJECT'] ?? '.';

/** Appends a line to a file that all processes share; appends this short do not mix. */
export function note(what: Event['what'], { node, label, run, attempt }: Place, kind?: FaultKind): void {
  const { pid, ppid: parent } = process;
  const line: Event = { what, run, node, label, attempt, pid, parent, at: Date.now(), ...(kind ? { kind } : {}) };
  appendFileSync(path.join(project, 'events.jsonl'), `${JSON.stringify(line)}\n`);
}

/** Fails here, if the plan of this run says so and has not been used up. */
export async function failAsPlanned(moment: Moment, place: Place): Promise<void> {
  // A study is a run of its own, named after the one that asked for it.
  const run = place.run.split('/')[0] ?? place.run;
  const plan = planOf(run);
  const fault = plan.find((one) => one.label === place.label && one.moment === moment);
  if (!fault || !takeTurn(`${run}.${plan.indexOf(fault)}`, fault.times)) return;
  note('fault', place, fault.kind);
  switch (fault.kind) {
    case 'user':
      throw new UserError('planned: the input is wrong');
    case 'transient':
      throw new TransientError('planned: try again');
    case 'throw':
      throw new Error('planned: something unexpected');
    case 'crash':
      process.kill(process.pid, 'SIGKILL');
      break;
    case 'timeout':
    case 'cancel':
    case 'terminate':
      await untilTold(place.signal);
  }
}

function planOf(run: string): Fault[] {
  try {
    return JSON.parse(readFileSync(path.join(project, 'faults', `${run}.json`), 'utf8')) as Fault[];
  } catch {
    return [];
  }
}

/** Creating a file succeeds for one caller: each planned failure happens once, whoever meets it. */
function takeTurn(fault: string, times: number): boolean {
  for (let turn = 1; turn <= times; turn++) {
    try {
      writeFileSync(path.join(project, 'faults', `${fault}.${turn}`), '', { flag: 'wx' });
      return true;
    } catch {
      continue;
    }
  }
  return false;
}

function untilTold(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const alive = setInterval(() => undefined, 1000);
    const end = (): void => {
      clearInterval(alive);
      reject(new Error('it was told to end'));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** Orders something of the service outside that is named in `service.txt`; it takes an order of one key once. */
export async function order(key: string, what: string): Promise<void> {
  const response = await fetch(readFileSync(path.join(project, 'service.txt'), 'utf8'), {
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: what,
  });
  if (!response.ok) throw new TransientError(`the service answered ${response.status}`);
}
