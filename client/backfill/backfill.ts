import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { TrainyardError } from '@trainyard/errors';
import { backfillId } from '../../core/ids.js';
import type { Json } from '../../core/json.js';
import { projectOfQueue } from '../../core/queues.js';
import { listRuns, type RunRecord } from '../../store/index.js';
import {
  BACKFILL,
  BACKFILL_TYPE,
  type BackfillInput,
  type BackfillPlan,
  type Stop,
} from '../../workflows/backfill/contract.js';
import { listPlans, planBackfill, readBackfill, recordBackfill, type BackfillAsk } from './plan.js';
import type { TrainyardClient } from '../client.js';
import { findHome, homeHandle, openHome, type ProjectAccess } from '../homes.js';
import { describeRun, type ProjectReader, type RunReader } from '../run/run-view.js';
import { act } from '../run/runs.js';
import { LOOK_MS } from '../patience.js';
import { STATE_OF_END } from '../run/states.js';

export { dates, planBackfill, type BackfillAsk } from './plan.js';

/** `waiting`: not started yet; `lost`: started, but neither ended nor known to Temporal. */
export type PartitionState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'lost';

/** The status table of a backfill. */
export interface BackfillView {
  readonly plan: BackfillPlan;
  /** Whether its Workflow goes on; undefined when Temporal does not answer. */
  readonly open: boolean | undefined;
  readonly partitions: readonly {
    readonly value: Json;
    readonly run: string;
    /** The run that took it up later, where that one counts: it has state and times. */
    readonly resumedBy?: string;
    readonly state: PartitionState;
    /** ISO 8601, UTC. */
    readonly startedAt?: string;
    readonly endedAt?: string;
  }[];
}

/**
 * Starts a backfill, or goes on with one that was stopped: partitions whose runs are there are not run again. Throws
 * TY-USAGE when another one has its id, TY-DECISION while it goes on.
 */
export async function startBackfill(
  client: TrainyardClient,
  ask: BackfillAsk,
  options: { readonly parallel?: number } = {},
): Promise<BackfillPlan> {
  const plan = await recordBackfill(client.store, planBackfill(ask, projectOfQueue(client.taskQueue)));
  const { id, pipeline, partitions, param } = plan;
  try {
    await client.temporal.workflow.start(BACKFILL_TYPE, {
      workflowId: await openHome(client, homeOf(client, id)),
      taskQueue: client.taskQueue,
      args: [{ id, pipeline, parallel: options.parallel ?? 2 } satisfies BackfillInput],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `backfill of ${pipeline}: ${partitions.length} values of ${param}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new TrainyardError('TY-DECISION', {
      what: `backfill ${id} goes on already`,
      remedy: `trainyard backfill show ${id}`,
    });
  }
  return plan;
}

/** Nothing of it is started any more; what runs may finish. Throws TY-RUN-UNKNOWN when it does not go on. */
export async function stopBackfill(client: ProjectAccess, id: string, stop: Stop): Promise<void> {
  await act(`backfill ${id}`, () =>
    client.temporal.withDeadline(Date.now() + 10_000, async () =>
      (await homeHandle(client, homeOf(client, id))).executeUpdate(BACKFILL.stop, { args: [stop] }),
    ),
  );
}

function homeOf({ taskQueue }: Pick<ProjectAccess, 'taskQueue'>, id: string) {
  return backfillId(projectOfQueue(taskQueue), id);
}

/**
 * Where a backfill stands, from its plan and the records of its runs and of those that resumed them. Throws
 * TY-RUN-UNKNOWN.
 */
export async function showBackfill(reader: ProjectReader, id: string): Promise<BackfillView> {
  const plan = await readBackfill(reader.store, id);
  const lineages = await lineagesOf(reader, plan);
  const partitions: PartitionView[] = [];
  // In slices: a plan may have thousands.
  for (let from = 0; from < plan.partitions.length; from += 50) {
    const slice = plan.partitions.slice(from, from + 50);
    partitions.push(
      ...(await Promise.all(
        slice.map(async (one) => ({ ...one, ...(await stateOf(reader, one.run, lineages.get(one.run) ?? [])) })),
      )),
    );
  }
  return { plan, open: await goesOn(reader, id), partitions };
}

/** By the run of a partition: it and those that resumed it, the youngest first. */
async function lineagesOf({ store }: RunReader, plan: BackfillPlan): Promise<Map<string, RunRecord[]>> {
  const found = new Map<string, RunRecord[]>(plan.partitions.map(({ run }) => [run, []]));
  // A study is a part of a run, under an id with a slash.
  for (const record of await listRuns(store))
    if (!record.start.id.includes('/')) found.get(record.start.lineage)?.push(record);
  return found;
}

type PartitionView = BackfillView['partitions'][number];

async function stateOf(
  reader: RunReader,
  run: string,
  lineage: readonly RunRecord[],
): Promise<Omit<PartitionView, 'value' | 'run'>> {
  // Done once is done; else what came last counts.
  const record = lineage.find(({ end }) => end?.status === 'completed') ?? lineage[0];
  if (!record) return { state: (await isOpen(reader, run)) ? 'running' : 'waiting' };
  const { start, end } = record;
  const who = { ...(start.id === run ? {} : { resumedBy: start.id }), startedAt: start.startedAt };
  if (end) return { ...who, state: STATE_OF_END[end.status], endedAt: end.endedAt };
  return { ...who, state: (await isOpen(reader, start.id)) === false ? 'lost' : 'running' };
}

async function isOpen({ temporal }: RunReader, id: string): Promise<boolean | undefined> {
  if (temporal === undefined) return undefined;
  return (await describeRun(temporal, id))?.open ?? false;
}

/** Whether the Workflow of a backfill goes on. */
async function goesOn({ temporal, taskQueue }: ProjectReader, id: string): Promise<boolean | undefined> {
  if (temporal === undefined) return undefined;
  const home = await temporal.withDeadline(Date.now() + LOOK_MS, () =>
    findHome({ temporal, taskQueue }, homeOf({ taskQueue }, id)),
  );
  return home?.status.name === 'RUNNING';
}

/** All backfills, the youngest first. */
export async function listBackfills(
  reader: ProjectReader,
): Promise<{ plan: BackfillPlan; open: boolean | undefined }[]> {
  const plans = await listPlans(reader.store);
  return Promise.all(plans.map(async (plan) => ({ plan, open: await goesOn(reader, plan.id) })));
}
