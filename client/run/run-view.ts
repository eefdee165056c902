import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { TrainyardError, type ErrorRecord } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import type { NodeProgress } from '../../core/task.js';
import { readGraph, readRun, recordsOfRun, type NodeRecord, type RunRecord, type Store } from '../../store/index.js';
import { isAway } from '../unreachable.js';
import { replayTrouble } from './explain-replay.js';
import { GraphFollower } from './graph-follower.js';
import { queuedPools, unserved } from './running-builds.js';
import type { PendingNode } from './pending-node.js';
import { LOOK_MS } from '../patience.js';
import { STATE_OF_END } from './states.js';

/** What reading needs: the store, and Temporal where it answers. */
export interface RunReader {
  readonly store: Store;
  readonly temporal?: Client | undefined;
}

/** The same for what lists what is a project's. */
export interface ProjectReader extends RunReader {
  /** The queue that the project's Workflows run on. */
  readonly taskQueue: string;
}

/** What Temporal says of an open run. */
export interface OpenRun {
  readonly description: WorkflowExecutionDescription;
  readonly open: boolean;
  readonly pending: readonly PendingNode[];
  /** Whether a step of the Workflow waits for a worker, or is tried by one. */
  readonly hasTask: boolean;
  /** Moment (as a name, not a time) of the Workflow task that waits for a worker, if one does. */
  readonly waitingTask: string | undefined;
  /** Attempts at the Workflow task that is under way: above 1 the ones before failed or timed out. */
  readonly taskAttempt: number;
}

/** A run as far as it is known. */
export interface RunView {
  readonly graph: GraphRecord;
  readonly open: boolean;
  /** Where the graph comes from: the Workflow itself, what was saved at its end, or the records of its single nodes. */
  readonly source: 'workflow' | 'saved' | 'records';
  /** Why the graph is not the newest, in words; undefined when it is. */
  readonly stale: string | undefined;
  readonly pending: readonly PendingNode[];
  /** Pools for which calls wait and which no worker serves. */
  readonly unserved: readonly string[];
  readonly record: RunRecord | null;
}

// enums of Temporal's API: PendingWorkflowTaskState.SCHEDULED, PendingActivityState.STARTED
const TASK_SCHEDULED = 1;
const ACTIVITY_STARTED = 2;

/** What Temporal knows of a run; undefined when it knows no such run. Other troubles are thrown as they are. */
export async function describeRun(temporal: Client, id: string): Promise<OpenRun | undefined> {
  try {
    const description = await temporal.withDeadline(Date.now() + LOOK_MS, () =>
      temporal.workflow.getHandle(id).describe(),
    );
    const { pendingActivities, pendingWorkflowTask: task } = description.raw;
    const at = task?.originalScheduledTime ?? task?.scheduledTime;
    return {
      description,
      open: description.status.name === 'RUNNING' || description.status.name === 'CONTINUED_AS_NEW',
      hasTask: task !== null && task !== undefined,
      waitingTask: task?.state === TASK_SCHEDULED ? `${String(at?.seconds)}.${at?.nanos ?? 0}` : undefined,
      taskAttempt: task?.attempt ?? 1,
      pending: (pendingActivities ?? []).map((activity) => ({
        node: activity.activityType?.name ?? '',
        started: activity.state === ACTIVITY_STARTED,
        attempt: activity.attempt ?? 1,
        progress: decode(activity.heartbeatDetails?.payloads?.[0]?.data),
        lastFailure: activity.lastFailure?.message ?? undefined,
      })),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function decode(data: Uint8Array | null | undefined): NodeProgress | undefined {
  if (!data) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(data)) as NodeProgress;
  } catch {
    return undefined;
  }
}

/** Why the Workflow's own code failed last, where that is what holds the run up; undefined otherwise. */
export async function taskFailure(temporal: Client, id: string): Promise<string | undefined> {
  const { history } = await temporal.withDeadline(Date.now() + LOOK_MS, () =>
    temporal.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: temporal.options.namespace,
      execution: { workflowId: id },
      maximumPageSize: 10,
    }),
  );
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes) return undefined;
    const { failure } = event.workflowTaskFailedEventAttributes ?? {};
    if (failure?.message) return failure.message.split('\n')[0];
  }
  return undefined;
}

/** The graph of an open run, asked of its Workflow; undefined when no worker answers in time. */
export function queryGraph(temporal: Client, id: string): Promise<GraphRecord | undefined> {
  return new GraphFollower(temporal, id).look();
}

/**
 * A run as it is now: from its Workflow while it goes on, from the store once it is closed, and without Temporal from
 * what the store has. Throws TY-RUN-UNKNOWN when neither knows it.
 */
export async function readRunView({ store, temporal }: RunReader, id: string): Promise<RunView> {
  if (id === '') throw unknownRun(id);
  const described = temporal === undefined ? undefined : await describeRun(temporal, id).catch(awayOr);
  const record = await readRun(store, id);
  if (described === 'away') {
    const stale = 'Temporal does not answer: what is shown is what was last recorded';
    return { ...(await stored(store, id, record)), stale: record?.end ? undefined : stale };
  }
  if (temporal === undefined || !described?.open) return stored(store, id, record, described);
  const { open, pending } = described;
  const graph = await queryGraph(temporal, id);
  if (graph) {
    const pools = queuedPools(graph, pending);
    const lacking = await unserved(temporal, described.description.taskQueue, pools).catch(() => []);
    return { graph, open, source: 'workflow', stale: undefined, pending, unserved: lacking, record };
  }
  const trouble = described.taskAttempt > 1 ? await replayTrouble(temporal, id) : undefined;
  const stale = trouble?.message ?? 'no worker answers for this run: what is shown is what was last recorded';
  return { ...(await stored(store, id, record, described)), stale };
}

function unknownRun(id: string): TrainyardError {
  return new TrainyardError('TY-RUN-UNKNOWN', { what: `there is no run "${id}"`, where: { run: id } });
}

/** A run by what the store has of it, and by what Temporal says beside. */
async function stored(
  store: Store,
  id: string,
  record: RunRecord | null,
  described: OpenRun | undefined = undefined,
): Promise<RunView> {
  const known = { stale: undefined, pending: described?.pending ?? [], unserved: [], record };
  const open = described?.open ?? false;
  const saved = open ? null : ((await readGraph(store, id)) as unknown as GraphRecord | null);
  if (saved) return { graph: saved, open, source: 'saved', ...known };
  if (!record) throw unknownRun(id);
  const graph = graphOfRecords(record, await recordsOfRun(store, id));
  // A Workflow that was terminated had no time to record its end.
  if (described && !open && graph.state === 'running')
    graph.state = ENDED[described.description.status.name] ?? 'failed';
  return { graph, open: open || (record.end === null && described === undefined), source: 'records', ...known };
}

/** States of Workflows that are closed, as those of runs. */
const ENDED: Readonly<Record<string, GraphRecord['state']>> = {
  COMPLETED: 'done',
  CANCELLED: 'cancelled',
  TERMINATED: 'cancelled',
};

function awayOr(error: unknown): 'away' {
  if (isAway(error)) return 'away';
  throw error;
}

/** What the records of single nodes tell of a run whose graph was never saved: the nodes that it computed. */
function graphOfRecords({ start, end }: RunRecord, records: readonly NodeRecord[]): GraphRecord {
  const nodes = records.map((record, index): GraphNode => ({
    call: `n${index + 1}`,
    node: record.node,
    kind: 'node',
    scope: record.scope,
    inputs: [],
    state: 'done',
    key: record.key,
    params: record.params,
    worker: record.worker,
    device: record.device,
    attempt: record.attempt,
    startedAt: Date.parse(record.startedAt),
    endedAt: Date.parse(record.endedAt),
    ms: Date.parse(record.endedAt) - Date.parse(record.startedAt),
  }));
  return {
    format: 1,
    run: start.id,
    pipeline: start.pipeline,
    lineage: start.lineage,
    state: end === null ? 'running' : STATE_OF_END[end.status],
    params: start.params,
    cause: start.cause,
    seed: start.seed,
    startedAt: Date.parse(start.startedAt),
    ...(end === null ? {} : { endedAt: Date.parse(end.endedAt) }),
    nodes,
    ...(end?.result === undefined ? {} : { result: end.result as Json }),
    ...(end?.error === undefined ? {} : { error: end.error as unknown as ErrorRecord }),
  };
}
