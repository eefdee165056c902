import { readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';

/** How long the histories of a run are, all its continuations together. */
export interface HistorySize {
  /** Events of each continuation. */
  readonly events: readonly number[];
  /** Bytes of the longest payload. */
  readonly largestPayload: number;
}

/** Reads every event of a run from the server, and measures every payload in them. */
export async function historySize(temporal: Client, run: string): Promise<HistorySize> {
  const events: number[] = [];
  let largestPayload = 0;
  const first = await temporal.workflow.getHandle(run).describe();
  let runId: string | undefined = first.raw.workflowExecutionInfo?.firstRunId ?? first.runId;
  while (runId) {
    const history = await temporal.workflow.getHandle(run, runId).fetchHistory();
    events.push(history.events?.length ?? 0);
    largestPayload = Math.max(largestPayload, largestIn(history.events));
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return { events, largestPayload };
}

function largestIn(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let largest = 0;
  for (const inner of Object.values(value)) largest = Math.max(largest, largestIn(inner));
  return largest;
}

/** What a process has used so far: its memory now and at most, in bytes, and its time on the processor, in ms. */
export interface ProcessUse {
  readonly rss: number;
  readonly peakRss: number;
  readonly cpuMs: number;
}

/** Asks the kernel (Linux). */
export function processUse(pid: number): ProcessUse {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN);
  // After the name of the program, which may hold anything: user and system time in ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return {
    rss: 1024 * kilobytes('VmRSS'),
    peakRss: 1024 * kilobytes('VmHWM'),
    cpuMs: 10 * (Number(fields[11]) + Number(fields[12])),
  };
}
