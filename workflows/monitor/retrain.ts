import {
  ApplicationFailure,
  ChildWorkflowFailure,
  ParentClosePolicy,
  patched,
  proxyActivities,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { formerRetrainingRunId, projectOfMonitor, retrainingRunId } from '../../core/ids.js';
import type { Ref, Table } from '../../core/kinds.js';
import { projectOfQueue } from '../../core/queues.js';
import type { PipelineInput } from '../../core/task.js';
import type { MonitorActivities, MonitorState, Retraining } from './contract.js';
import { accept, begin, end, note, whyNot } from './ledger.js';

/** The monitor's state while several things change it. */
export interface Watched {
  get(): MonitorState;
  set(state: MonitorState): void;
  /** Makes the monitor look at once whether there is something to do. */
  wake(): void;
  /** Retrainings under way: the Workflow must not continue as new before their end is on record. */
  running: number;
}

type Pipeline = (input: PipelineInput) => Promise<unknown>;

export function monitorActivities(): MonitorActivities {
  return proxyActivities<MonitorActivities>({
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '10 seconds',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' },
  });
}

/** Starts the retraining that pending drift asks for, once there are labelled rows enough. */
export async function startRetraining(watched: Watched): Promise<void> {
  const { config, pending } = watched.get();
  const { retrain } = config;
  if (!retrain || !pending) return;
  const { fresh, labelled } = await monitorActivities()['trainyard.monitorFresh']({ config, tables: pending.tables });
  const state = watched.get();
  // Something else may have been decided while the rows were read.
  if (state.frozen || state.paused || !state.pending?.open || state.config.retrain === null) return;
  if (labelled < retrain.leastLabelled) {
    const waiting = `it waits for outcomes: ${labelled} of the ${retrain.leastLabelled} labelled rows that it needs`;
    if (waiting !== state.waiting) watched.set({ ...state, waiting });
    return;
  }
  const { since, last, columns, says } = pending;
  const cause = { kind: 'drift', endpoint: config.endpoint, since, window: last, columns, says } as const;
  const { number, handle } = await startOnce(state.started + 1, config.endpoint, retrain.pipeline, {
    params: { ...retrain.params, fresh: { ...fresh } as never },
    cause: { ...cause },
  });
  const retraining: Retraining = {
    number,
    run: handle.workflowId,
    pipeline: retrain.pipeline,
    startedAt: Date.now(),
    window: last,
    columns,
    fresh,
    labelled,
  };
  watched.set(
    note(begin(watched.get(), retraining), Date.now(), `retraining ${number} started: ${says[0] ?? 'drift'}`),
  );
  watched.running++;
  void follow(watched, retraining, pending.tables, handle);
}

/**
 * Starts the pipeline under a name that only this retraining can have. The name is taken already only when an earlier
 * monitor of this endpoint was ended by hand: then the next number is.
 */
async function startOnce(
  first: number,
  endpoint: string,
  pipeline: string,
  input: PipelineInput,
): Promise<{ number: number; handle: ChildWorkflowHandle<Pipeline & Workflow> }> {
  // A replay has a queue of its own: the project in the id stays what it was when the Workflow began.
  const { workflowId, taskQueue } = workflowInfo();
  const project = projectOfMonitor(workflowId, endpoint) ?? projectOfQueue(taskQueue);
  const idOf = patched('13-retrainings-of-the-project')
    ? (number: number): string => retrainingRunId(project, pipeline, endpoint, number)
    : (number: number): string => formerRetrainingRunId(pipeline, endpoint, number);
  for (let number = first; ; number++) {
    try {
      const handle = await startChild<Pipeline>(pipeline, {
        workflowId: idOf(number),
        args: [input],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `retraining ${number} of ${endpoint}`,
        staticDetails: whyDetails(input.cause),
      });
      return { number, handle };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

/** What made a retraining start, for the Temporal UI: it stands there when no worker is left. */
function whyDetails(cause: PipelineInput['cause']): string {
  const says = (cause as { readonly says?: readonly string[] } | undefined)?.says ?? [];
  return ['**Drift**', ...says.map((one) => `- ${one}`)].join('\n').slice(0, 18_000);
}

/** Waits for a retraining's end and puts its verdict on record. */
async function follow(
  watched: Watched,
  retraining: Retraining,
  tables: readonly Ref<Table>[],
  handle: ChildWorkflowHandle<Pipeline & Workflow>,
): Promise<void> {
  let outcome: { promoted: boolean; verdict: string };
  try {
    const result: unknown = await handle.result();
    const champion = await monitorActivities()['trainyard.monitorChampion']({
      endpoint: watched.get().config.endpoint,
    });
    outcome =
      champion?.run === retraining.run
        ? { promoted: true, verdict: `promoted: version ${champion.version} serves` }
        : { promoted: false, verdict: `not better: ${whyNot(result)}` };
  } catch (error) {
    outcome = { promoted: false, verdict: `failed: ${firstLine(error)}` };
  }
  if (outcome.promoted) await acceptRows(watched, retraining, tables);
  const { number } = retraining;
  const ended = end(watched.get(), number, { endedAt: Date.now(), ...outcome });
  watched.running--;
  watched.set(note(ended, Date.now(), `retraining ${number} ${outcome.verdict}`));
  watched.wake();
}

/** What the new model has learned from is normal from now on. */
async function acceptRows(watched: Watched, { number }: Retraining, tables: readonly Ref<Table>[]): Promise<void> {
  try {
    const { config } = watched.get();
    const profile = await monitorActivities()['trainyard.monitorProfile']({ config, tables });
    watched.set(accept(watched.get(), profile));
  } catch (error) {
    const why = `the rows of retraining ${number} could not be taken as normal: ${firstLine(error)}`;
    watched.set(note(watched.get(), Date.now(), why));
  }
}

function firstLine(error: unknown): string {
  const cause =
    error instanceof ChildWorkflowFailure || (error instanceof Error && error.cause) ? (error as Error).cause : error;
  const message = cause instanceof ApplicationFailure || cause instanceof Error ? cause.message : String(cause);
  return (message.split('\n')[0] ?? '').slice(0, 300);
}
