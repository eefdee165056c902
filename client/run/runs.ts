import { randomBytes } from 'node:crypto';
import {
  CancelledFailure,
  defineSearchAttributeKey,
  TerminatedFailure,
  TypedSearchAttributes,
} from '@temporalio/common';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { TrainyardError, type ErrorRecord } from '@trainyard/errors';
import { canonical, type Json } from '../../core/json.js';
import type { PipelineInput, Recovery } from '../../core/task.js';
import { checkTravels } from '../../core/travel.js';
import { readRun, startRun, type RunStart, type Store } from '../../store/index.js';
import { inWords } from '../unreachable.js';
import { projectOf } from '../homes.js';
import { endedWith } from './end-run.js';
import type { TrainyardClient } from '../client.js';
import { isUnknownUpdate, refusalOf } from '../rejection.js';
import { ANSWER_MS } from '../patience.js';

export interface StartRun {
  readonly pipeline: string;
  readonly input: PipelineInput;
  /** Id of the run; made from the pipeline's name and the time when absent. */
  readonly id?: string;
  /** Build of the project's code that it keeps to; the current one when absent. */
  readonly build?: string | undefined;
  /** Commit of the project, if it is known. */
  readonly commit?: string | undefined;
  /** Where pages are served, for links in the Temporal UI. */
  readonly pages?: string | undefined;
}

/** An id that sorts by time and says what it is: `penguins-20261124-231502-x7f3`. */
export function newRunId(pipeline: string, now: Date = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${pipeline}-${stamp}-${randomBytes(3).toString('hex').slice(0, 4)}`;
}

/**
 * Records the start of a run and starts its Workflow. The record comes first, so that a run which goes on always has
 * one. Throws TY-RUN-EXISTS when there is a run of this id, TY-TEMPORAL-AWAY when nobody answers: the run may have
 * started then, and the same call made again starts it at most once.
 */
export async function startPipeline(client: TrainyardClient, start: StartRun): Promise<WorkflowHandle> {
  const id = runId(start.id ?? newRunId(start.pipeline));
  const { input, pipeline } = start;
  checkTravels(`the parameters of ${pipeline}`, input.params, { run: id });
  // Nobody else can have made an id like ours: only one that was chosen is asked for.
  if (start.id !== undefined) await refuseTaken(client, id);
  const cause = (input.cause ?? { kind: 'person' }) as { kind?: string };
  const page = start.pages === undefined ? undefined : `${start.pages}/runs/${encodeURIComponent(id)}`;
  await recordStart(client.store, {
    format: 1,
    id,
    lineage: input.lineage ?? id,
    pipeline,
    params: input.params,
    seed: input.seed ?? 0,
    cause: input.cause ?? { kind: 'person' },
    ...(input.fresh ? { fresh: true } : {}),
    startedAt: new Date().toISOString(),
    ...(start.commit === undefined ? {} : { commit: start.commit }),
    // A resume of a partial run is one, too.
    ...(input.part && 'pages' in input.part ? { part: input.part as unknown as Json } : {}),
  });
  const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });
  try {
    return await client.temporal.withDeadline(Date.now() + ANSWER_MS, () =>
      client.temporal.workflow.start(pipeline, {
        workflowId: id,
        taskQueue: client.taskQueue,
        ...(start.build === undefined
          ? {}
          : { versioningOverride: { pinnedTo: { deploymentName: client.taskQueue, buildId: start.build } } }),
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: [pipeline, sayParams(input.params)].filter(Boolean).join(': ').slice(0, 190),
        staticDetails: [
          `**${pipeline}**`,
          ...(page ? [`[Run page](${page})`] : []),
          `\`\`\`\n${JSON.stringify(input.params, null, 2)}\n\`\`\``,
        ]
          .join('\n\n')
          .slice(0, 18_000),
        memo: { params: short(input.params), ...(page ? { page } : {}) },
        typedSearchAttributes: new TypedSearchAttributes([
          keyword('TrainyardPipeline', pipeline),
          keyword('TrainyardStatus', 'running'),
          keyword('TrainyardCause', cause.kind ?? 'person'),
          ...(start.commit === undefined ? [] : [keyword('TrainyardCommit', start.commit)]),
        ]),
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw inWords(error);
    await refuseTaken(client, id);
    throw runExists(id);
  }
}

/** Throws TY-RUN-EXISTS where another project that shares this Temporal has a run of this id. */
async function refuseTaken(client: TrainyardClient, id: string): Promise<void> {
  let other: string | undefined;
  try {
    other = await client.temporal.withDeadline(Date.now() + ANSWER_MS, () => projectOf(client, id));
  } catch (error) {
    throw inWords(error);
  }
  if (other === undefined) return;
  throw new TrainyardError('TY-RUN-EXISTS', {
    what: `the project ${other}, which shares this Temporal, has a run "${id}"`,
    where: { run: id },
    remedy: 'choose another id, or leave it to Trainyard; or give each project a namespace of its own',
  });
}

/** Ids become part of addresses and Workflow ids: a `/` is for a run's children. */
function runId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(id)) return id;
  throw new TrainyardError('TY-PARAM', {
    what: `${JSON.stringify(id)} is not the id of a run`,
    where: { field: 'id' },
    expected: 'letters, digits, dots, hyphens and underscores, at most 120',
  });
}

async function recordStart(store: Store, start: RunStart): Promise<void> {
  if (await startRun(store, start)) return;
  const known = await readRun(store, start.id);
  // A start that was recorded, but whose Workflow was not heard of any more, may be made again.
  const again =
    known?.end === null &&
    known.start.pipeline === start.pipeline &&
    canonical(known.start.params) === canonical(start.params);
  if (!again) throw runExists(start.id);
}

function runExists(id: string): TrainyardError {
  return new TrainyardError('TY-RUN-EXISTS', {
    what: `there is a run "${id}" already`,
    where: { run: id },
    remedy: `choose another id, or leave it to Trainyard; trainyard show ${id} shows that run`,
  });
}

/** Waits for a run's result; throws the error that it failed with, in the catalogue's words. */
export async function runResult(handle: WorkflowHandle): Promise<Json> {
  try {
    return (await handle.result()) as Json;
  } catch (error) {
    throw failureOf(error, handle.workflowId);
  }
}

/** What a run failed with, in the catalogue's words; errors of other kinds as they are. */
export function failureOf(error: unknown, run: string): unknown {
  if (!(error instanceof WorkflowFailedError)) return inWords(error);
  const record = (error.cause as { details?: unknown[] } | undefined)?.details?.[0] as ErrorRecord | undefined;
  if (record?.code) return TrainyardError.fromRecord(record);
  const ended =
    error.cause instanceof CancelledFailure
      ? 'cancelled'
      : error.cause instanceof TerminatedFailure
        ? 'terminated'
        : '';
  const known = error.cause instanceof TerminatedFailure ? endedWith(error.cause.message, run) : undefined;
  if (known) return known;
  if (ended) return new TrainyardError('TY-RUN-ENDED', { what: `the run was ${ended}`, where: { run } });
  return new TrainyardError('TY-NODE-FAILED', { what: error.cause?.message ?? error.message, where: { run } });
}

/**
 * Asks a run to end; its nodes are told, and what had finished stays found. Resolves when Temporal has taken it, before
 * the run has ended. Throws TY-RUN-UNKNOWN when no such run goes on.
 */
export async function cancelRun({ temporal }: { readonly temporal: Client }, run: string): Promise<void> {
  await act(run, () => temporal.withDeadline(Date.now() + ANSWER_MS, () => temporal.workflow.getHandle(run).cancel()));
}

/** A person's answer to an approval that a run waits for. Throws TY-DECISION, TY-RUN-UNKNOWN, TY-WORKER-NONE. */
export async function decide(
  { temporal }: { readonly temporal: Client },
  run: string,
  answer: { readonly name: string; readonly approved: boolean; readonly by: string; readonly why: string },
): Promise<void> {
  checkTravels('the words of a decision', answer, { run });
  await act(run, () =>
    temporal.withDeadline(Date.now() + ANSWER_MS, () =>
      temporal.workflow.getHandle(run).executeUpdate('approve', { args: [answer] }),
    ),
  );
}

/** Decides about a node that failed and waits. Throws TY-DECISION when there is none, or the decision is not possible. */
export async function recoverNode(
  { temporal }: { readonly temporal: Client },
  run: string,
  recovery: Recovery,
): Promise<void> {
  checkTravels('the parameters or outputs of a decision', recovery, { run });
  await act(run, () =>
    temporal.withDeadline(Date.now() + ANSWER_MS, () =>
      temporal.workflow.getHandle(run).executeUpdate('recover', { args: [recovery] }),
    ),
  );
}

/** Does something to a run; what goes wrong is said in the catalogue's words. */
export async function act(run: string, what: () => Promise<unknown>): Promise<void> {
  try {
    await what();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new TrainyardError('TY-RUN-UNKNOWN', { what: `there is no run "${run}" that goes on`, where: { run } });
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new TrainyardError('TY-WORKER-NONE', {
        what: `run "${run}" did not answer within ${ANSWER_MS / 1000} s: no worker listens for it`,
        cause: error,
      });
    if (isUnknownUpdate(error))
      throw new TrainyardError('TY-DECISION', {
        what: `what goes on as "${run}" is of another kind, and takes no such decision`,
        where: { run },
      });
    throw refusalOf(error) ?? inWords(error);
  }
}

/** Parameters for a line of text: `corrupt 0.05, trials 12`. */
function sayParams(params: Json): string {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return '';
  return Object.entries(params)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function short(params: Json): string {
  return JSON.stringify(params).slice(0, 400);
}
