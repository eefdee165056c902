import {
  Client,
  WorkflowNotFoundError,
  type WorkflowClientInterceptor,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import type { DurableId } from '../core/ids.js';
import { otherProject } from '../core/queues.js';

/** What the functions of a project's durable processes need of a client. */
export interface ProjectAccess {
  readonly temporal: Client;
  /** The queue that the project's Workflows run on: by it the project is known. */
  readonly taskQueue: string;
}

/** Part of a query of Temporal's lists: what belongs to a project. */
export function ofProject({ taskQueue }: Pick<ProjectAccess, 'taskQueue'>): string {
  return `TaskQueue = '${taskQueue.replaceAll("'", "''")}'`;
}

/**
 * A durable process of a project as Temporal has it: under its id, else under the id without a project that a former
 * release gave it, where it runs on the queue of this project. Undefined where there is none.
 */
export async function findHome(
  { temporal, taskQueue }: ProjectAccess,
  { id, former }: DurableId,
): Promise<WorkflowExecutionDescription | undefined> {
  for (const workflowId of [id, former]) {
    const described = await temporal.workflow.getHandle(workflowId).describe().catch(unlessGone);
    if (described?.taskQueue === taskQueue) return described;
  }
  return undefined;
}

/** The Workflow id under which a durable process goes on, or else is to be started. */
export async function openHome(access: ProjectAccess, durable: DurableId): Promise<string> {
  const home = await findHome(access, durable);
  return home?.status.name === 'RUNNING' ? home.workflowId : durable.id;
}

/** A handle of a durable process, wherever it is. */
export async function homeHandle(access: ProjectAccess, durable: DurableId): Promise<WorkflowHandle> {
  const home = await findHome(access, durable);
  return access.temporal.workflow.getHandle(home?.workflowId ?? durable.id);
}

/** The project that has a Workflow of this id, where that is not ours. */
export async function projectOf({ temporal, taskQueue }: ProjectAccess, id: string): Promise<string | undefined> {
  return otherProject((await queueOf(temporal, id)) ?? '', taskQueue);
}

/** The queue of the Workflow of this id, whoever has it; undefined where there is none. */
async function queueOf(temporal: Client, id: string): Promise<string | undefined> {
  const described = await temporal.workflowService
    .describeWorkflowExecution({ namespace: temporal.options.namespace, execution: { workflowId: id } })
    .catch(unlessGone);
  return described?.workflowExecutionInfo?.taskQueue ?? undefined;
}

/** A client that sees the Workflows of all projects, for what must not touch anybody's. */
export function seeingAll({ connection, options: { namespace } }: Client): Client {
  return new Client({ connection, namespace });
}

/** Ids that a client remembers as not another project's. */
const MOST_KNOWN = 1000;

/**
 * Hides the Workflows of other projects from a client: asked for by their ids they are not there, so that no command,
 * page or program reads, answers or ends a run of a project that shares the Temporal. Costs a question for each id.
 */
export function hideOthers(taskQueue: string, client: () => Client): WorkflowClientInterceptor {
  const known = new Set<string>();
  const hide = (id: string, queue: string): void => {
    const other = otherProject(queue, taskQueue);
    if (other !== undefined) throw new WorkflowNotFoundError(`it is a Workflow of the project ${other}`, id, undefined);
  };
  const check = async ({ workflowId = '' }: { readonly workflowId?: string | null | undefined }): Promise<void> => {
    const id = workflowId ?? '';
    if (known.has(id)) return;
    const queue = await queueOf(client(), id);
    // Another project may take it yet.
    if (queue === undefined) return;
    hide(id, queue);
    if (known.size >= MOST_KNOWN) known.clear();
    known.add(id);
  };
  return {
    describe: async (input, next) => {
      const described = await next(input);
      hide(input.workflowExecution.workflowId ?? '', described.workflowExecutionInfo?.taskQueue ?? '');
      return described;
    },
    query: async (input, next) => (await check(input.workflowExecution), next(input)),
    signal: async (input, next) => (await check(input.workflowExecution), next(input)),
    startUpdate: async (input, next) => (await check(input.workflowExecution), next(input)),
    cancel: async (input, next) => (await check(input.workflowExecution), next(input)),
    terminate: async (input, next) => (await check(input.workflowExecution), next(input)),
  };
}

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

function unlessGone(error: unknown): undefined {
  if (error instanceof WorkflowNotFoundError || (error as { code?: unknown }).code === NOT_FOUND) return undefined;
  throw error;
}
