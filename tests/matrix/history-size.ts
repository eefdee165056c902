import { readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';

/** How long the histories of a run are, all its continuations together. */
export interface HistorySize {
  /** Events of each continuation. */
  readonly events: readonly number[];
  /** Bytes of the longest payload. */
  readonly largestPayload: number;
}

/** Events of one answer: clients take 4 MB, and what a run carries stands in events of 60 kB. */
const PAGE = 50;

type Page = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;

/** Reads every event of a run from the server, and measures every payload in them. */
export async function historySize(temporal: Client, run: string): Promise<HistorySize> {
  const events: number[] = [];
  let largestPayload = 0;
  const first = await temporal.workflow.getHandle(run).describe();
  let runId: string | undefined = first.raw.workflowExecutionInfo?.firstRunId ?? first.runId;
  while (runId) {
    let length = 0;
    let next: string | undefined;
    let token: Uint8Array | undefined;
    do {
      const page: Page = await temporal.workflowService.getWorkflowExecutionHistory({
        namespace: temporal.options.namespace,
        execution: { workflowId: run, runId },
        maximumPageSize: PAGE,
        ...(token ? { nextPageToken: token } : {}),
      });
      length += page.history?.events?.length ?? 0;
      largestPayload = Math.max(largestPayload, largestIn(page.history?.events));
      const end = page.history?.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
      next = end?.newExecutionRunId ?? undefined;
      token = page.nextPageToken?.length ? page.nextPageToken : undefined;
    } while (token);
    events.push(length);
    runId = next;
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
