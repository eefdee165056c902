import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import { durationMs, type Duration } from '../../core/duration.js';
import { NODE_DEFAULTS, type AnyContract, type CallOptions } from '../../core/node.js';
import { poolQueue } from '../../core/queues.js';
import { DEVICE_WAIT_MS, TIMEOUT_GRACE_MS, type NodeResult, type NodeTask, type SentTask } from '../../core/task.js';
import { bundleData } from './bundle-data.js';
import type { EngineActivities } from './contract.js';
import { inTurn } from './answer-order.js';

let local: EngineActivities | undefined;

/** The engine's own Activities, run in the Workflow worker and recorded as markers. */
export function engineActivities(): EngineActivities {
  local ??= localActivities<EngineActivities>({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '100ms', maximumInterval: '5s', maximumAttempts: 20 },
  });
  return local;
}

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/** Local Activities whose answers come into the Workflow one at a time: none are to be used in any other way. */
function localActivities<A extends object>(options: LocalActivityOptions): A {
  const activities = proxyLocalActivities<Record<string, Call>>(options);
  const call = (name: string): Call => {
    const run = activities[name] as Call;
    return (...args) => inTurn(run(...args));
  };
  return new Proxy({}, { get: (_, name) => call(String(name)) }) as A;
}

/** A length of time, as it is stated or by default. */
const lengthOf = (stated: Duration | undefined, byDefault: Duration): number =>
  durationMs(stated ?? byDefault) ?? durationMs(byDefault) ?? 0;

/** Workers that may die under one node before it is given up. */
const WORKER_DEATHS = 25;

/** Schedules a node's Activity, of the node's name, on its pool's queue. */
export function runNodeActivity(
  spec: AnyContract['spec'],
  options: CallOptions,
  task: SentTask,
  summary: string,
): Promise<NodeResult> {
  const retry = { ...spec.retry, ...options.retry };
  const queueTimeout = spec.queueTimeout === undefined ? undefined : durationMs(spec.queueTimeout);
  const activities = proxyActivities<Record<string, (task: SentTask) => Promise<NodeResult>>>({
    taskQueue: poolQueue(workflowInfo().taskQueue, task.pool),
    startToCloseTimeout: timeoutOf(spec, options) + (task.settings.onDevice ? DEVICE_WAIT_MS : 0),
    heartbeatTimeout: bundleData().heartbeatMs,
    ...(queueTimeout === undefined ? {} : { scheduleToStartTimeout: queueTimeout }),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      // The worker counts the node's own failures; the deaths of workers come on top and must not use them up.
      maximumAttempts: task.settings.attempts + WORKER_DEATHS,
      initialInterval: lengthOf(retry.initialInterval, NODE_DEFAULTS.retry.initialInterval),
      maximumInterval: lengthOf(retry.maximumInterval, NODE_DEFAULTS.retry.maximumInterval),
    },
    summary: shown(spec, summary),
  });
  const run = activities[spec.name] as (task: SentTask) => Promise<NodeResult>;
  return run(task);
}

/**
 * Runs a light node's first attempt in the worker that has the Workflow, as a Local Activity of the node's name. Null when
 * another run computes the same just now.
 */
export function runNodeInline(
  spec: AnyContract['spec'],
  options: CallOptions,
  task: NodeTask,
  summary: string,
): Promise<NodeResult | null> {
  const activities = localActivities<Record<string, (task: NodeTask) => Promise<NodeResult | null>>>({
    startToCloseTimeout: timeoutOf(spec, options),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: 1 },
    summary: shown(spec, summary),
  });
  const run = activities[spec.name] as (task: NodeTask) => Promise<NodeResult | null>;
  return run(task);
}

/** The time that one attempt of a node may take, and the grace. */
export function timeoutOf(spec: AnyContract['spec'], options: CallOptions): number {
  return lengthOf(options.timeout ?? spec.timeout, NODE_DEFAULTS.timeout) + TIMEOUT_GRACE_MS;
}

/** What the timeline of the Temporal UI shows after the node's name. */
function shown(spec: AnyContract['spec'], summary: string): string {
  return summary === '' ? shortTitle(spec) : summary.slice(0, 200);
}

/** Signs for a node's name and its summary: beside a bar in the middle of the timeline there is no space for more. */
const TIMELINE_SIGNS = 50;

/** A node's title, cut at a word so that the name before it is not pushed out of the timeline. */
function shortTitle({ name, title = '' }: AnyContract['spec']): string {
  const most = TIMELINE_SIGNS - name.length;
  if (title.length <= most) return title;
  const cut = title.slice(0, most);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 1)).replace(/[\s,:]+$/, '')}…`;
}
