import { WithStartWorkflowOperation, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { monitorId } from '../../core/ids.js';
import { projectOfQueue } from '../../core/queues.js';
import {
  MONITOR,
  MONITOR_TYPE,
  type FreezeOrder,
  type MonitorConfig,
  type MonitorInput,
  type MonitorMemo,
  type MonitorState,
  type Order,
} from '../../workflows/monitor/contract.js';

import { homeHandle, ofProject, openHome, type ProjectAccess } from '../homes.js';

export type { MonitorConfig, MonitorMemo, MonitorState } from '../../workflows/monitor/contract.js';

const homeOf = ({ taskQueue }: ProjectAccess, endpoint: string) => monitorId(projectOfQueue(taskQueue), endpoint);

/** The project's monitors with what they are about, by endpoint. Needs no worker; a change of the last second may be missing. */
export async function listMonitors(access: ProjectAccess): Promise<MonitorMemo[]> {
  const found: MonitorMemo[] = [];
  const query = `WorkflowType = '${MONITOR_TYPE}' AND ExecutionStatus = 'Running' AND ${ofProject(access)}`;
  for await (const { memo } of access.temporal.workflow.list({ query })) {
    const shown = memo?.[MONITOR.memo] as MonitorMemo | undefined;
    if (shown) found.push(shown);
  }
  return found.sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
}

/** Everything that the monitor of an endpoint knows. Throws TY-MONITOR-UNKNOWN, naming the nearest. */
export async function getMonitor(access: ProjectAccess, endpoint: string): Promise<MonitorState> {
  return ask(access, endpoint, async () =>
    (await homeHandle(access, homeOf(access, endpoint))).query<MonitorState>(MONITOR.state),
  );
}

/**
 * Starts the monitor of an endpoint, or gives the one that runs another configuration; the place in the stream stays.
 * Gives its Workflow id.
 */
export async function configureMonitor(access: ProjectAccess, config: MonitorConfig): Promise<string> {
  const workflowId = await openHome(access, homeOf(access, config.endpoint));
  const startWorkflowOperation = new WithStartWorkflowOperation(MONITOR_TYPE, {
    workflowId,
    taskQueue: access.taskQueue,
    args: [{} satisfies MonitorInput],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `monitor of ${config.endpoint}: drift and retraining`,
  });
  await access.temporal.workflow.executeUpdateWithStart<Workflow, void, [MonitorConfig]>(MONITOR.configure, {
    args: [config],
    startWorkflowOperation,
  });
  return workflowId;
}

/** No windows are taken until it is resumed; rows wait in the stream. Throws TY-MONITOR-UNKNOWN, TY-PARAM. */
export async function pauseMonitor(access: ProjectAccess, endpoint: string, order: Order): Promise<void> {
  return tell(access, endpoint, MONITOR.pause, order);
}

export async function resumeMonitor(access: ProjectAccess, endpoint: string, order: Order): Promise<void> {
  return tell(access, endpoint, MONITOR.resume, order);
}

/** Whether retrainings may begin; windows are taken and drift is recorded all the same. */
export async function freezeMonitor(access: ProjectAccess, endpoint: string, order: FreezeOrder): Promise<void> {
  return tell(access, endpoint, MONITOR.freeze, order);
}

async function tell(access: ProjectAccess, endpoint: string, name: string, order: Order): Promise<void> {
  return ask(access, endpoint, async () =>
    (await homeHandle(access, homeOf(access, endpoint))).executeUpdate<void, [Order]>(name, { args: [order] }),
  );
}

async function ask<T>(access: ProjectAccess, endpoint: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      const names = (await listMonitors(access)).map((monitor) => monitor.endpoint);
      const what = `there is no monitor of "${endpoint}"; ${sayNearest(endpoint, names)}`;
      throw new TrainyardError('TY-MONITOR-UNKNOWN', { what });
    }
    if (error instanceof WorkflowUpdateFailedError && error.cause)
      throw new TrainyardError('TY-PARAM', { what: error.cause.message, cause: error });
    throw error;
  }
}
