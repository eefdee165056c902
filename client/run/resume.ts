import type { WorkflowHandle } from '@temporalio/client';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import type { StudyGrowth } from '../../core/study/ask.js';
import type { PipelineInput, StoredPart } from '../../core/task.js';
import { NEEDED_BUILDS } from '../../core/queues.js';
import { listRuns, readEnvironment, readGraph, readRun } from '../../store/index.js';
import type { TrainyardClient } from '../client.js';
import { newRunId, startPipeline } from './runs.js';

export interface ResumeOptions {
  /** What started it. Default: a person. */
  readonly cause?: Json;
  /** Run with the code as it is now. Otherwise the run keeps to the build of the run that it resumes. */
  readonly newCode?: boolean;
  readonly onFailure?: 'fail' | 'pause';
  /** Its studies go on where they ended, with so many more trials; on the record with who and why. */
  readonly grow?: Omit<StudyGrowth, 'of'>;
  readonly commit?: string | undefined;
  readonly pages?: string | undefined;
}

/**
 * Starts a run that does what another one did not: the same pipeline, parameters and seed, in the same lineage. What
 * succeeded is found; a node whose own code or inputs changed has another key and runs again. Needs neither the former
 * run's Temporal history nor its end. Throws TY-RUN-UNKNOWN, and TY-DECISION while the former run is still open.
 */
export async function resumeRun(
  client: TrainyardClient,
  id: string,
  options: ResumeOptions = {},
): Promise<WorkflowHandle> {
  const record = await readRun(client.store, id);
  if (!record) {
    const known = (await listRuns(client.store)).map(({ start }) => start.id);
    throw new TrainyardError('TY-RUN-UNKNOWN', {
      what: `there is no run "${id}"; ${sayNearest(id, known)}`,
      where: { run: id },
    });
  }
  if (await isOpen(client, id)) {
    throw new TrainyardError('TY-DECISION', {
      what: `${id} still goes on`,
      where: { run: id },
      remedy: `wait for it, or end it first: trainyard cancel ${id}`,
    });
  }
  const { pipeline, params, seed, lineage, fresh } = record.start;
  const part = record.start['part'] as unknown as StoredPart | undefined;
  const input: PipelineInput = {
    params,
    seed,
    lineage,
    using: id,
    ...(fresh === true ? { fresh } : {}),
    cause: options.cause ?? { kind: 'resume', of: id },
    ...(part === undefined ? {} : { part }),
    ...(options.grow === undefined ? {} : { grow: { ...options.grow, of: id } }),
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
  };
  const build = options.newCode ? undefined : await formerBuild(client, id);
  return startPipeline(client, {
    build,
    pipeline,
    input,
    id: newRunId(pipeline),
    commit: options.commit,
    pages: options.pages,
  });
}

async function isOpen(client: TrainyardClient, id: string): Promise<boolean> {
  try {
    return (await client.temporal.workflow.getHandle(id).describe()).status.name === 'RUNNING';
  } catch {
    // Temporal has forgotten it: then it does not go on.
    return false;
  }
}

/** The build that a run was started on, if its record says so; workers are asked to serve it. */
async function formerBuild(client: TrainyardClient, id: string): Promise<string | undefined> {
  const known = (await readGraph(client.store, id)) ?? (await readEnvironment(client.store, id));
  const build = (known as { build?: string | null } | null)?.build ?? undefined;
  if (build !== undefined)
    await client.store.put(`${NEEDED_BUILDS}${build}`, Buffer.from(JSON.stringify({ by: id, at: Date.now() })));
  return build;
}
