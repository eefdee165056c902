import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { TrainyardError } from '@trainyard/errors';
import type { Store } from '../../store/index.js';
import { endFromOutside } from './end-run.js';
import { describeRun, taskFailure } from './run-view.js';
import { cancelRun } from './runs.js';

/**
 * What became of a cancellation. `taken`: the Workflow has it, and ends when its nodes have. `waiting`: no worker has
 * taken it up yet. `ended`: the Workflow could not answer, so it was ended from outside, for the reason given.
 */
export type Cancellation =
  { readonly state: 'taken' | 'waiting' } | { readonly state: 'ended'; readonly reason: string };

/** How long the Workflow is given to take a cancellation, ms. */
const TAKEN_WITHIN_MS = 8_000;

/**
 * Asks a run to end, and ends it where its Workflow cannot answer: where its code fails at each attempt, as it does
 * when it computes for ever, does not repeat its history, or gives back what Temporal refuses. What had finished is
 * found by a resume. Throws TY-RUN-UNKNOWN when no such run goes on.
 */
export async function cancelOrEnd(
  client: { readonly temporal: Client; readonly store: Store },
  run: string,
): Promise<Cancellation> {
  await cancelRun(client, run);
  for (const until = Date.now() + TAKEN_WITHIN_MS; ; await sleep(100)) {
    const described = await describeRun(client.temporal, run);
    if (!described?.open || !described.hasTask) return { state: 'taken' };
    if (Date.now() < until) continue;
    if (described.taskAttempt < 2) return { state: 'waiting' };
    const reason = (await taskFailure(client.temporal, run)) ?? 'each attempt at its next step took too long';
    await endCancelled(client, run, `its Workflow could not answer: ${reason}`);
    return { state: 'ended', reason };
  }
}

/** Ends a run now, without a word to its Workflow; nodes that run are told by their next heartbeat. */
export async function endCancelled(
  client: { readonly temporal: Client; readonly store: Store },
  run: string,
  because: string,
): Promise<void> {
  const why = new TrainyardError('TY-RUN-ENDED', { what: `the run was cancelled; ${because}`, where: { run } });
  await endFromOutside(client, { id: run, status: 'cancelled', why });
}
