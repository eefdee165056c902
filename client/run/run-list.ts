import type { GraphRecord, RunMetric } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { listRuns, readGraph, type RunRecord } from '../../store/index.js';
import { isAway } from '../unreachable.js';
import { ofProject, type ProjectAccess } from '../homes.js';
import { queryGraph, type ProjectReader, type RunReader } from './run-view.js';
import { LOOK_MS } from '../patience.js';
import { STATE_OF_END } from './states.js';

/** `lost`: recorded as started, but Temporal knows nothing of it. `unknown`: not ended, and Temporal could not be asked. */
export type ListedState = 'running' | 'done' | 'failed' | 'cancelled' | 'terminated' | 'lost' | 'unknown';

/** A run in a list. */
export interface RunListing {
  readonly id: string;
  readonly pipeline: string;
  readonly state: ListedState;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Ms until its end, or until now while it runs. */
  readonly ms?: number;
  /** Node calls by state, where the graph is known. */
  readonly nodes?: Readonly<Record<string, number>>;
  /** The figure that stands for the run, where it has one. */
  readonly metric?: RunMetric;
  readonly cause: Json;
  readonly commit?: string;
}

interface Execution {
  readonly id: string;
  readonly pipeline: string;
  readonly status: string;
  readonly startedAt: Date;
  readonly closedAt: Date | undefined;
}

const STATES: Readonly<Record<string, ListedState>> = {
  RUNNING: 'running',
  CONTINUED_AS_NEW: 'running',
  COMPLETED: 'done',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELED: 'cancelled',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
};

/**
 * Runs, the youngest first: what the store recorded, with what Temporal says of those that have not ended, and those
 * that Temporal alone knows. Without Temporal from the store alone. Studies and reviews, which are parts of runs, are
 * listed with `parts` only.
 */
export async function listRunListings(
  reader: ProjectReader,
  options: { readonly limit?: number; readonly pipeline?: string; readonly state?: string; readonly parts?: true } = {},
): Promise<{ readonly runs: RunListing[]; readonly temporalAnswers: boolean }> {
  const { limit = 20 } = options;
  const { temporal, taskQueue } = reader;
  const executions = temporal === undefined ? undefined : await listExecutions({ temporal, taskQueue });
  const known = new Map<string, RunListing>();
  for (const record of await listRuns(reader.store)) known.set(record.start.id, ofRecord(record, executions));
  for (const execution of executions?.values() ?? [])
    if (!known.has(execution.id)) known.set(execution.id, ofExecution(execution));
  const chosen = [...known.values()]
    .filter((run) => options.parts === true || !isPart(run.id))
    .filter((run) => options.pipeline === undefined || run.pipeline === options.pipeline)
    .filter((run) => options.state === undefined || run.state === options.state)
    .sort((a, b) => (a.startedAt === b.startedAt ? (a.id < b.id ? 1 : -1) : a.startedAt < b.startedAt ? 1 : -1))
    .slice(0, limit);
  return {
    runs: await Promise.all(chosen.map((run) => withNodes(reader, run))),
    temporalAnswers: executions !== undefined,
  };
}

/** Whether an id is that of a study or a review within a run. */
export function isPart(id: string): boolean {
  return id.includes('/');
}

/** Runs of a project's pipelines that Temporal remembers, by id; undefined when it does not answer. */
async function listExecutions(access: ProjectAccess): Promise<Map<string, Execution> | undefined> {
  const { temporal } = access;
  const found = new Map<string, Execution>();
  try {
    await temporal.withDeadline(Date.now() + LOOK_MS, async () => {
      for await (const { workflowId, type, status, startTime, closeTime } of temporal.workflow.list({
        query: `TrainyardPipeline IS NOT NULL AND ${ofProject(access)}`,
      })) {
        const other = found.get(workflowId);
        if (other && other.startedAt > startTime) continue;
        const execution = { id: workflowId, pipeline: type, status: status.name, startedAt: startTime };
        found.set(workflowId, { ...execution, closedAt: closeTime });
      }
    });
    return found;
  } catch (error) {
    if (isAway(error)) return undefined;
    throw error;
  }
}

function ofRecord({ start, end }: RunRecord, executions: ReadonlyMap<string, Execution> | undefined): RunListing {
  const execution = executions?.get(start.id);
  const state: ListedState =
    end !== null
      ? end.status === 'terminated'
        ? 'terminated'
        : STATE_OF_END[end.status]
      : executions === undefined
        ? 'unknown'
        : execution === undefined
          ? 'lost'
          : (STATES[execution.status] ?? 'unknown');
  const endedAt = end?.endedAt ?? execution?.closedAt?.toISOString();
  const commit = start['commit'];
  return timed({
    id: start.id,
    pipeline: start.pipeline,
    state,
    startedAt: start.startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(end?.metric === undefined ? {} : { metric: end.metric }),
    cause: start.cause,
    ...(typeof commit === 'string' ? { commit } : {}),
  });
}

function ofExecution({ id, pipeline, status, startedAt, closedAt }: Execution): RunListing {
  return timed({
    id,
    pipeline,
    state: STATES[status] ?? 'unknown',
    startedAt: startedAt.toISOString(),
    ...(closedAt === undefined ? {} : { endedAt: closedAt.toISOString() }),
    cause: null,
  });
}

function timed(run: RunListing): RunListing {
  const until =
    run.endedAt === undefined ? (run.state === 'running' ? Date.now() : undefined) : Date.parse(run.endedAt);
  return until === undefined ? run : { ...run, ms: Math.max(0, until - Date.parse(run.startedAt)) };
}

async function withNodes({ store, temporal }: RunReader, run: RunListing): Promise<RunListing> {
  const graph =
    run.state === 'running' && temporal !== undefined
      ? await queryGraph(temporal, run.id)
      : ((await readGraph(store, run.id)) as unknown as GraphRecord | null);
  if (!graph) return run;
  const nodes: Record<string, number> = {};
  for (const { state } of graph.nodes) nodes[state] = (nodes[state] ?? 0) + 1;
  return { ...run, nodes, ...(graph.metric === undefined ? {} : { metric: graph.metric }) };
}
