import { WorkflowNotFoundError } from '@temporalio/client';
import { durationMs } from '../../core/duration.js';
import type { Json } from '../../core/json.js';
import { triggerId } from '../../core/ids.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { projectOfQueue } from '../../core/queues.js';
import { saySource } from '../../core/source.js';
import { TRIGGER, TRIGGER_TYPE, type TriggerConfig, type TriggerInput } from '../../workflows/trigger/contract.js';
import { ofProject } from '../homes.js';
import { checkParamsOf, type ScheduleAccess } from './schedules.js';

const EVERY_MS = 60_000;

/** A trigger of a project, as its Workflow shows it. */
export interface TriggerListing {
  readonly pipeline: string;
  readonly source: string;
  readonly everyMs: number;
  /** Changes of this source, each of which has started a run. */
  readonly changes: number;
  /** The last of these runs. */
  readonly run?: string;
  readonly problem?: string;
}

/**
 * Makes the project's triggers what its code says: each a durable Workflow, started or told of its new configuration;
 * those that the code does not have any more are ended. Throws TY-PARAM for parameters that a pipeline does not take.
 */
export async function syncTriggers(access: ScheduleAccess, pipelines: Iterable<AnyPipeline>): Promise<void> {
  const wanted = wantedTriggers(access, pipelines);
  for (const [workflowId, config] of wanted) {
    await access.temporal.workflow.signalWithStart(TRIGGER_TYPE, {
      workflowId,
      taskQueue: access.taskQueue,
      args: [{ config } satisfies TriggerInput],
      signal: TRIGGER.configure,
      signalArgs: [config],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `${config.pipeline} runs when ${config.source} has changed`,
    });
  }
  for await (const { workflowId } of openTriggers(access)) {
    if (wanted.has(workflowId)) continue;
    await access.temporal.workflow
      .getHandle(workflowId)
      .terminate('its pipeline has no trigger any more')
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }
}

/** What a project's code wants, by Workflow id. Throws TY-PARAM for parameters that a pipeline does not take. */
export function wantedTriggers(
  { taskQueue }: Pick<ScheduleAccess, 'taskQueue'>,
  pipelines: Iterable<AnyPipeline>,
): Map<string, TriggerConfig> {
  const project = projectOfQueue(taskQueue);
  const wanted = new Map<string, TriggerConfig>();
  for (const { name, spec } of [...pipelines].flatMap((one) => (one.spec.trigger ? [one] : []))) {
    const { source, every, params = {} } = spec.trigger ?? { source: '' };
    checkParamsOf({ name, spec }, 'trigger', params);
    const everyMs = every === undefined ? EVERY_MS : (durationMs(every) ?? EVERY_MS);
    const named = typeof source === 'string' ? { source } : { source: saySource(source), of: source };
    wanted.set(triggerId(project, name), { pipeline: name, ...named, everyMs, params: params as Json });
  }
  return wanted;
}

function openTriggers(access: ScheduleAccess) {
  const query = `WorkflowType = '${TRIGGER_TYPE}' AND ExecutionStatus = 'Running' AND ${ofProject(access)}`;
  return access.temporal.workflow.list({ query });
}

/** The triggers of a project, by pipeline. Needs no worker; a change of the last second may be missing. */
export async function listTriggers(access: ScheduleAccess): Promise<TriggerListing[]> {
  const found: TriggerListing[] = [];
  for await (const { memo } of openTriggers(access)) {
    const shown = memo?.[TRIGGER.memo] as TriggerListing | undefined;
    if (shown) found.push(shown);
  }
  return found.sort((a, b) => (a.pipeline < b.pipeline ? -1 : 1));
}
