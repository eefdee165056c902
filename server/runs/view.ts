import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { GraphRecord } from '../../core/graph.js';
import { TrainyardError } from '../../core/errors/index.js';
import type { NodeProgress } from '../../core/task.js';
import { readGraph, readRun, type Store } from '../../store/index.js';
import type { Services } from '../services.js';

/** What is known of a run at this moment. */
export interface RunView {
  readonly graph: GraphRecord;
  /** The Workflow is open: there will be more. */
  readonly open: boolean;
  /** Why the graph is not the newest, if it is not. */
  readonly stale?: string;
  /** How far running nodes are, by the call's id. */
  readonly progress: ReadonlyMap<string, NodeProgress>;
}

/** A query waits this long for a worker; a page must not hang because none is there. */
const PATIENCE_MS = 2_000;

/**
 * A run as it is now: from its Workflow while it goes on, from the store once it is closed, so that it is shown when no
 * worker is left and when Temporal has forgotten it. Throws TY-RUN-UNKNOWN.
 */
export async function readRunView({ client, store }: Services, id: string): Promise<RunView> {
  const described = await describe(client.temporal, id);
  if (!described?.open) {
    const stored = await storedGraph(store, id);
    if (stored) return { graph: stored, open: false, progress: new Map() };
  }
  if (!described) return noWorkflow(store, id);
  try {
    const graph = await client.temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      client.temporal.workflow.getHandle(id).query<GraphRecord>('graph'),
    );
    return { graph, open: described.open, progress: matchProgress(described.pending) };
  } catch {
    const stale = 'no worker answers for this run: what is shown is what was last recorded';
    const view = await noWorkflow(store, id);
    return { ...view, open: described.open, stale };
  }
}

async function describe(
  temporal: Client,
  id: string,
): Promise<{ open: boolean; pending: readonly (NodeProgress | undefined)[] } | undefined> {
  try {
    const { status, raw } = await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
      temporal.workflow.getHandle(id).describe(),
    );
    const pending = (raw.pendingActivities ?? []).map(({ heartbeatDetails }) =>
      decode(heartbeatDetails?.payloads?.[0]?.data),
    );
    return { open: status.name === 'RUNNING', pending };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw new TrainyardError('TY-TEMPORAL-AWAY', { what: 'Temporal does not answer', cause: error });
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

/** The progress of each call that runs, as its heartbeats tell. */
function matchProgress(pending: readonly (NodeProgress | undefined)[]): Map<string, NodeProgress> {
  return new Map(
    pending.flatMap((progress) => (progress?.call === undefined ? [] : [[progress.call, progress] as const])),
  );
}

async function storedGraph(store: Store, id: string): Promise<GraphRecord | null> {
  return (await readGraph(store, id)) as unknown as GraphRecord | null;
}

/** A run as the store alone knows it; one that never saved its graph is shown without nodes. */
async function noWorkflow(store: Store, id: string): Promise<RunView> {
  const stored = await storedGraph(store, id);
  if (stored) return { graph: stored, open: false, progress: new Map() };
  const record = await readRun(store, id);
  if (!record) throw new TrainyardError('TY-RUN-UNKNOWN', { what: `there is no run "${id}"`, where: { run: id } });
  const { start, end } = record;
  const states = { completed: 'done', failed: 'failed', cancelled: 'cancelled', terminated: 'failed' } as const;
  const graph: GraphRecord = {
    format: 1,
    run: id,
    pipeline: start.pipeline,
    lineage: start.lineage,
    state: end ? states[end.status] : 'running',
    params: start.params,
    cause: start.cause,
    seed: start.seed,
    startedAt: Date.parse(start.startedAt),
    ...(end ? { endedAt: Date.parse(end.endedAt) } : {}),
    nodes: [],
  };
  return { graph, open: false, progress: new Map() };
}
