import { z } from 'zod';
import type { ReportList } from '../../core/task.js';

/** Names of the messages of a study's Workflow, beside its query. */
export const STUDY = { steer: 'steer', report: 'report' } as const;

const who = { by: z.string().min(1), why: z.string() };

/** What a person asks of a study that goes on, with who and why. */
export const steering = z.discriminatedUnion('action', [
  /** More trials than planned. */
  z.strictObject({ action: z.literal('grow'), trials: z.number().int().min(1), ...who }),
  /** One more trial, with these parameters, before all others. */
  z.strictObject({
    action: z.literal('add'),
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    ...who,
  }),
  /** Begins no trial until it is resumed; those under way go on. */
  z.strictObject({ action: z.literal('pause'), ...who }),
  z.strictObject({ action: z.literal('resume'), ...who }),
  /** Ends with the best so far; trials under way are ended. */
  z.strictObject({ action: z.literal('stop'), ...who }),
  /** Ends without a result: what waits for it fails. */
  z.strictObject({ action: z.literal('cancel'), ...who }),
]);

export type Steering = z.output<typeof steering>;

/** What a worker tells of a trial that runs: everything that its node has reported since the last message, or more. */
export interface TrialReports {
  readonly trial: number;
  readonly reports: ReportList;
}

/** What the study answers. */
export interface Verdict {
  /** The trial is over: the pruner, or a person, has decided so. */
  readonly stop: boolean;
}
