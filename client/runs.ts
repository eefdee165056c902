import { randomBytes } from 'node:crypto';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { TrainyardError, type ErrorRecord } from '../core/errors/index.js';
import type { Json } from '../core/json.js';
import type { PipelineInput } from '../core/task.js';
import { startRun } from '../store/index.js';
import type { TrainyardClient } from './client.js';

export interface StartRun {
  readonly pipeline: string;
  readonly input: PipelineInput;
  /** Id of the run; made from the pipeline's name and the time when absent. */
  readonly id?: string;
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

/** Starts a pipeline's Workflow and records the start. Throws TY-PARAM when a run of this id goes on already. */
export async function startPipeline(client: TrainyardClient, start: StartRun): Promise<WorkflowHandle> {
  const id = start.id ?? newRunId(start.pipeline);
  const { input, pipeline } = start;
  const cause = (input.cause ?? { kind: 'person' }) as { kind?: string };
  const page = start.pages === undefined ? undefined : `${start.pages}/runs/${encodeURIComponent(id)}`;
  await startRun(client.store, {
    format: 1,
    id,
    lineage: input.lineage ?? id,
    pipeline,
    params: input.params,
    seed: input.seed ?? 0,
    cause: input.cause ?? { kind: 'person' },
    startedAt: new Date().toISOString(),
    ...(start.commit === undefined ? {} : { commit: start.commit }),
  });
  const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });
  try {
    return await client.temporal.workflow.start(pipeline, {
      workflowId: id,
      taskQueue: client.taskQueue,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${pipeline} ${short(input.params)}`.slice(0, 190),
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
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      throw new TrainyardError('TY-PARAM', {
        what: `there is a run "${id}" already`,
        where: { run: id },
        remedy: 'choose another id, or leave it to Trainyard',
      });
    throw error;
  }
}

/** Waits for a run's result; throws the error that it failed with, in the catalogue's words. */
export async function runResult(handle: WorkflowHandle): Promise<Json> {
  try {
    return (await handle.result()) as Json;
  } catch (error) {
    if (error instanceof WorkflowFailedError) {
      const record = (error.cause as { details?: unknown[] } | undefined)?.details?.[0] as ErrorRecord | undefined;
      if (record?.code) throw TrainyardError.fromRecord(record);
      throw new TrainyardError('TY-NODE-FAILED', {
        what: error.cause?.message ?? error.message,
        where: { run: handle.workflowId },
      });
    }
    throw error;
  }
}

function short(params: Json): string {
  return JSON.stringify(params).slice(0, 400);
}
