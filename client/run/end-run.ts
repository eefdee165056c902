import type { Client } from '@temporalio/client';
import { CATALOGUE, type Code, TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import { endRun, readRun, type Store } from '../../store/index.js';

/** What ends a run from outside. */
export interface EndedRun {
  /** The run's Workflow. */
  readonly id: string;
  /** Which execution of it, as Temporal names it; the one that goes on when absent. */
  readonly execution?: string;
  readonly status: 'failed' | 'cancelled';
  readonly why: TrainyardError;
}

/**
 * Ends a run whose Workflow cannot answer: records why, then terminates it. What had finished is found by a resume. The
 * record comes first, so that the reason is there whatever happens next.
 */
export async function endFromOutside(
  { temporal, store }: { readonly temporal: Client; readonly store: Store },
  { id, execution, status, why }: EndedRun,
): Promise<void> {
  if ((await readRun(store, id)) !== null)
    await endRun(store, id, { status, endedAt: new Date().toISOString(), error: why.toRecord() as unknown as Json });
  await temporal.workflow.getHandle(id, execution).terminate(`${why.code}: ${why.what}`.slice(0, 900));
}

/** The error that a run was ended with from outside, from the reason of its termination; undefined for another's reason. */
export function endedWith(reason: string, run: string): TrainyardError | undefined {
  const [, code = '', what = ''] = /^(TY-[A-Z-]+): (.+)$/s.exec(reason) ?? [];
  return code in CATALOGUE ? new TrainyardError(code as Code, { what, where: { run } }) : undefined;
}
