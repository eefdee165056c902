import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { TrainyardError } from '../core/errors/index.js';
import { sayNearest } from '../core/nearest.js';
import {
  MONITOR,
  MONITOR_TYPE,
  monitorId,
  type FreezeOrder,
  type MonitorConfig,
  type MonitorInput,
  type MonitorMemo,
  type MonitorState,
  type Order,
} from '../workflows/monitor/contract.js';

export type { MonitorConfig, MonitorMemo, MonitorState } from '../workflows/monitor/contract.js';

/** What the functions of monitors need of a client. */
export interface MonitorAccess {
  readonly temporal: Client;
}

/** All monitors with what they are about, by endpoint. Needs no worker; a change of the last second may be missing. */
export async function listMonitors({ temporal }: MonitorAccess): Promise<MonitorMemo[]> {
  const found: MonitorMemo[] = [];
  const query = `WorkflowType = '${MONITOR_TYPE}' AND ExecutionStatus = 'Running'`;
  for await (const { memo } of temporal.workflow.list({ query })) {
    const shown = memo?.[MONITOR.memo] as MonitorMemo | undefined;
    if (shown) found.push(shown);
  }
  return found.sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
}

/** Everything that the monitor of an endpoint knows. Throws TY-MONITOR-UNKNOWN, naming the nearest. */
export async function getMonitor(access: MonitorAccess, endpoint: string): Promise<MonitorState> {
  return ask(access, endpoint, () =>
    access.temporal.workflow.getHandle(monitorId(endpoint)).query<MonitorState>(MONITOR.state),
  );
}

/** Starts the monitor of an endpoint, or gives the one that runs another configuration; the place in the stream stays. */
export async function configureMonitor(
  access: MonitorAccess & { readonly taskQueue: string },
  config: MonitorConfig,
): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation(MONITOR_TYPE, {
    workflowId: monitorId(config.endpoint),
    taskQueue: access.taskQueue,
    args: [{} satisfies MonitorInput],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `monitor of ${config.endpoint}: drift and retraining`,
  });
  await access.temporal.workflow.executeUpdateWithStart<Workflow, void, [MonitorConfig]>(MONITOR.configure, {
    args: [config],
    startWorkflowOperation,
  });
}

/** No windows are taken until it is resumed; rows wait in the stream. Throws TY-MONITOR-UNKNOWN, TY-PARAM. */
export async function pauseMonitor(access: MonitorAccess, endpoint: string, order: Order): Promise<void> {
  return tell(access, endpoint, MONITOR.pause, order);
}

export async function resumeMonitor(access: MonitorAccess, endpoint: string, order: Order): Promise<void> {
  return tell(access, endpoint, MONITOR.resume, order);
}

/** Whether retrainings may begin; windows are taken and drift is recorded all the same. */
export async function freezeMonitor(access: MonitorAccess, endpoint: string, order: FreezeOrder): Promise<void> {
  return tell(access, endpoint, MONITOR.freeze, order);
}

async function tell(access: MonitorAccess, endpoint: string, name: string, order: Order): Promise<void> {
  const handle = access.temporal.workflow.getHandle(monitorId(endpoint));
  return ask(access, endpoint, () => handle.executeUpdate<void, [Order]>(name, { args: [order] }));
}

async function ask<T>(access: MonitorAccess, endpoint: string, work: () => Promise<T>): Promise<T> {
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
