import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleOptions,
} from '@temporalio/client';
import { cronParts } from '../../core/cron.js';
import { durationMs } from '../../core/duration.js';
import { isTrainyardError, sayNearest, TrainyardError } from '@trainyard/errors';
import { scheduledRunId, scheduleFolder, scheduleId } from '../../core/ids.js';
import type { Json } from '../../core/json.js';
import { parsePipelineParams, type AnyPipeline } from '../../core/pipeline.js';
import { projectOfQueue } from '../../core/queues.js';
import type { Overlap, ScheduleSpec } from '../../core/schedule.js';
import type { PipelineInput } from '../../core/task.js';
import type { TrainyardClient } from '../client.js';

/** What the functions of schedules need of a client. */
export type ScheduleAccess = Pick<TrainyardClient, 'temporal' | 'taskQueue'>;

/** A schedule of a project, as Temporal has it. */
export interface ScheduleListing {
  readonly pipeline: string;
  readonly id: string;
  readonly paused: boolean;
  /** What was said when it was paused or resumed last. */
  readonly note: string | undefined;
  /** In words: `30 6 * * *`, `every 1 h`. */
  readonly when: string;
  readonly overlap: Overlap;
  /** ISO 8601, UTC. */
  readonly next: string | undefined;
  /** The youngest runs that it started, the last one first. */
  readonly runs: readonly string[];
  /** Runs that it started, since it is there. */
  readonly started: number;
  /** Runs that were due and left out, since the one before went on. */
  readonly skipped: number;
  /** Runs that were due while Temporal was away, longer ago than `catchup` allows. */
  readonly missed: number;
}

const POLICIES: Readonly<Record<Overlap, ScheduleOverlapPolicy>> = {
  skip: ScheduleOverlapPolicy.SKIP,
  buffer: ScheduleOverlapPolicy.BUFFER_ONE,
  'buffer-all': ScheduleOverlapPolicy.BUFFER_ALL,
  cancel: ScheduleOverlapPolicy.CANCEL_OTHER,
  terminate: ScheduleOverlapPolicy.TERMINATE_OTHER,
  allow: ScheduleOverlapPolicy.ALLOW_ALL,
};

const CATCH_UP_MS = 3_600_000;

const folderOf = ({ taskQueue }: Pick<ScheduleAccess, 'taskQueue'>): string =>
  scheduleFolder(projectOfQueue(taskQueue));

const idOf = ({ taskQueue }: Pick<ScheduleAccess, 'taskQueue'>, pipeline: string): string =>
  scheduleId(projectOfQueue(taskQueue), pipeline);

/**
 * Makes the project's Temporal Schedules what its code says: those that are new are made, the others changed, and those
 * that the code does not have any more are deleted; other projects' are left alone, and what an operator has paused
 * stays paused. May be called again at any time. Throws TY-PARAM for parameters that a pipeline does not take.
 */
export async function syncSchedules(access: ScheduleAccess, pipelines: Iterable<AnyPipeline>): Promise<void> {
  const { schedule } = access.temporal;
  const wanted = wantedSchedules(access, pipelines);
  const there = new Set<string>();
  for await (const { scheduleId: id } of schedule.list()) if (id.startsWith(folderOf(access))) there.add(id);
  for (const [id, options] of wanted) {
    if (!there.has(id) && (await created(access, options))) continue;
    const update = schedule.getHandle(id).update(({ state }) => ({ ...options, state }) as never);
    // The list shows it a moment longer than it is there.
    if ((await unlessGone(update.then(() => true))) === undefined) await created(access, options);
  }
  // Another worker of the project may be quicker.
  for (const id of there) if (!wanted.has(id)) await unlessGone(schedule.getHandle(id).delete());
}

/** Undefined where there is no such schedule any more. */
async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** What a project's code wants, by the id of the Schedule. Throws TY-PARAM for parameters that a pipeline does not take. */
export function wantedSchedules(
  access: Pick<ScheduleAccess, 'taskQueue'>,
  pipelines: Iterable<AnyPipeline>,
): Map<string, ScheduleOptions> {
  const wanted = new Map<string, ScheduleOptions>();
  for (const pipeline of pipelines)
    if (pipeline.spec.schedule) wanted.set(idOf(access, pipeline.name), optionsOf(access, pipeline));
  return wanted;
}

/** False when another worker has just made it, or the list did not show it yet. */
async function created({ temporal }: ScheduleAccess, options: ScheduleOptions): Promise<boolean> {
  try {
    await temporal.schedule.create(options);
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

function optionsOf(access: Pick<ScheduleAccess, 'taskQueue'>, pipeline: AnyPipeline): ScheduleOptions {
  const { cron, every, timezone, overlap = 'skip', catchup, params = {} } = pipeline.spec.schedule as ScheduleSpec;
  checkParamsOf(pipeline, 'schedule', params);
  if (timezone !== undefined && !isZone(timezone))
    throw new TrainyardError('TY-CONFIG', {
      what: `pipeline ${pipeline.name}: ${JSON.stringify(timezone)} is no time zone`,
      where: { field: 'schedule.timezone' },
      expected: "the name of one, such as 'Europe/Vienna' or 'UTC'",
    });
  const id = idOf(access, pipeline.name);
  const input: PipelineInput = { params: params as Json, cause: { kind: 'schedule', schedule: id } };
  return {
    scheduleId: id,
    spec: {
      ...(cron === undefined ? {} : { cronExpressions: (typeof cron === 'string' ? [cron] : cron).flatMap(cronParts) }),
      ...(every === undefined ? {} : { intervals: [{ every: durationMs(every) ?? 0 }] }),
      ...(timezone === undefined ? {} : { timezone }),
    },
    action: {
      type: 'startWorkflow',
      workflowType: pipeline.name,
      // Temporal adds the time that it was due.
      workflowId: scheduledRunId(projectOfQueue(access.taskQueue), pipeline.name),
      taskQueue: access.taskQueue,
      args: [input],
      // Temporal gives times back as calendars: here they stand as the code says them.
      memo: { when: whenText(pipeline.spec.schedule as ScheduleSpec) },
    },
    policies: {
      overlap: POLICIES[overlap],
      catchupWindow: catchup === undefined ? CATCH_UP_MS : (durationMs(catchup) ?? CATCH_UP_MS),
    },
  };
}

/** Throws TY-PARAM, naming where the parameters stand, for those that a pipeline does not take. */
export function checkParamsOf(
  pipeline: Pick<AnyPipeline, 'name' | 'spec'>,
  field: 'schedule' | 'trigger',
  params: unknown,
): void {
  try {
    parsePipelineParams(pipeline, params);
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
    const { code, what, remedy } = error;
    throw new TrainyardError(code, { what: `${field}.params: ${what}`, where: { field }, remedy, cause: error });
  }
}

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function whenText({ cron, every, timezone }: ScheduleSpec): string {
  const at = cron === undefined ? `every ${String(every)}` : (typeof cron === 'string' ? [cron] : cron).join(', ');
  return timezone === undefined ? at : `${at} ${timezone}`;
}

/** The schedules of a project, by pipeline. Needs no worker. */
export async function listSchedules(access: ScheduleAccess): Promise<ScheduleListing[]> {
  const ids: string[] = [];
  for await (const { scheduleId: id } of access.temporal.schedule.list())
    if (id.startsWith(folderOf(access))) ids.push(id);
  const described = await Promise.all(ids.sort().map((id) => describe(access, id)));
  return described.filter((one) => one !== undefined);
}

/** Undefined where it has been deleted: Temporal's list shows it a moment longer. */
async function describe(access: ScheduleAccess, id: string): Promise<ScheduleListing | undefined> {
  const description = await unlessGone(access.temporal.schedule.getHandle(id).describe());
  if (!description) return undefined;
  const { state, action, policies, info } = description;
  const overlap = (Object.entries(POLICIES) as [Overlap, ScheduleOverlapPolicy][]).find(
    ([, policy]) => policy === policies.overlap,
  );
  return {
    pipeline: id.slice(folderOf(access).length),
    id,
    paused: state.paused,
    note: state.note,
    when: String(action.memo?.['when'] ?? ''),
    overlap: overlap?.[0] ?? 'skip',
    next: info.nextActionTimes[0]?.toISOString(),
    runs: info.recentActions.map((one) => one.action.workflow.workflowId).reverse(),
    started: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
  };
}

/** Holds a schedule until it is resumed; the reason stands in Temporal. Throws TY-PIPELINE-UNKNOWN, naming the nearest. */
export async function pauseSchedule(access: ScheduleAccess, pipeline: string, why: string): Promise<void> {
  await tell(access, pipeline, (id) => access.temporal.schedule.getHandle(id).pause(why));
}

export async function resumeSchedule(access: ScheduleAccess, pipeline: string, why: string): Promise<void> {
  await tell(access, pipeline, (id) => access.temporal.schedule.getHandle(id).unpause(why));
}

/** Starts a scheduled run now, whatever else runs, unless `overlap` says otherwise. */
export async function triggerSchedule(
  access: ScheduleAccess,
  pipeline: string,
  overlap: Overlap = 'allow',
): Promise<void> {
  await tell(access, pipeline, (id) => access.temporal.schedule.getHandle(id).trigger(POLICIES[overlap]));
}

async function tell(access: ScheduleAccess, pipeline: string, what: (id: string) => Promise<void>): Promise<void> {
  try {
    await what(idOf(access, pipeline));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    const known = (await listSchedules(access)).map((one) => one.pipeline);
    throw new TrainyardError('TY-PIPELINE-UNKNOWN', {
      what: `no pipeline "${pipeline}" has a schedule; ${sayNearest(pipeline, known)}`,
      remedy: 'add schedule: { cron | every } to the pipeline; the worker takes it up',
      cause: error,
    });
  }
}
