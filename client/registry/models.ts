import { randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { Redis } from 'ioredis';
import { registryId } from '../../core/ids.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { projectOfQueue } from '../../core/queues.js';
import {
  REGISTRY,
  REGISTRY_TYPE,
  type AnnotateRequest,
  type Announcement,
  type DeleteRequest,
  type MarkAnswer,
  type ModelHead,
  type MoveAnswer,
  type MoveRequest,
  type RegisterAnswer,
  type RegisterRequest,
  type RegistryInput,
  type RollbackRequest,
  type TrafficAnswer,
  type TrafficRequest,
} from '../../workflows/registry/contract.js';
import { announceAlias, announceTraffic } from '../monitor/endpoints.js';
import { findHome, homeHandle, ofProject, openHome, type ProjectAccess } from '../homes.js';
import { refusalOf } from '../rejection.js';

export type { AnnotateRequest };

/** What the registry's functions need of a client. */
export interface RegistryAccess extends ProjectAccess {
  /** Where moves are announced; without one, servers see them at their next look. */
  readonly redis?: Redis | undefined;
}

/** A model's name, checked: it becomes part of Workflow ids, addresses and file names. Throws TY-MODEL-REQUEST. */
export function modelName(name: string): string {
  if (typeof name === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(name)) return name;
  throw new TrainyardError('TY-MODEL-REQUEST', {
    what: `${JSON.stringify(name)} is not a model's name`,
    where: { field: 'name' },
    expected: 'lower-case letters, digits and hyphens, 63 at most, a letter first',
  });
}

const homeOf = ({ taskQueue }: ProjectAccess, model: string) => registryId(projectOfQueue(taskQueue), modelName(model));

/** The project's models with where their aliases stand, by name. Needs no worker; a change of the last second may be missing. */
export async function listModels(access: ProjectAccess): Promise<Announcement[]> {
  const found: Announcement[] = [];
  const query = `WorkflowType = '${REGISTRY_TYPE}' AND ExecutionStatus = 'Running' AND ${ofProject(access)}`;
  for await (const { memo } of access.temporal.workflow.list({ query })) {
    const announcement = memo?.[REGISTRY.announcement] as Announcement | undefined;
    if (announcement) found.push(announcement);
  }
  return found.sort((a, b) => (a.model < b.model ? -1 : 1));
}

/** Where a model's aliases stand, as of the last finished move; undefined when there is no such model. Needs no worker. */
export async function readAliases(access: ProjectAccess, model: string): Promise<Announcement | undefined> {
  const home = await findHome(access, homeOf(access, model));
  if (home?.type !== REGISTRY_TYPE) return undefined;
  return home.memo?.[REGISTRY.announcement] as Announcement | undefined;
}

/** What the registry itself tells of a model: the newest of everything (`getModel` reads the rest). Throws TY-MODEL-UNKNOWN, naming the nearest. */
export async function getModelHead(access: ProjectAccess, model: string): Promise<ModelHead> {
  try {
    return await (await homeHandle(access, homeOf(access, model))).query<ModelHead>(REGISTRY.state);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await unknownModel(access, model);
    throw error;
  }
}

async function unknownModel(access: ProjectAccess, model: string): Promise<TrainyardError> {
  const names = (await listModels(access)).map((known) => known.model);
  return new TrainyardError('TY-MODEL-UNKNOWN', { what: `there is no model "${model}"; ${sayNearest(model, names)}` });
}

/**
 * Adds a version to a model, which begins with its first version. The same model of the same lineage of runs is
 * registered once, however often it is asked.
 */
export async function registerVersion(
  access: RegistryAccess,
  model: string,
  request: RegisterRequest,
): Promise<RegisterAnswer> {
  const workflowId = await openHome(access, homeOf(access, model));
  const startWorkflowOperation = new WithStartWorkflowOperation(REGISTRY_TYPE, {
    workflowId,
    taskQueue: access.taskQueue,
    args: [{ name: model } satisfies RegistryInput],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `model ${model}: its versions and aliases`,
  });
  return inWords(() =>
    access.temporal.workflow.executeUpdateWithStart<Workflow, RegisterAnswer, [RegisterRequest]>(REGISTRY.register, {
      args: [request],
      updateId: randomUUID(),
      startWorkflowOperation,
    }),
  );
}

/**
 * Moves an alias from `expected` to a version, whole or not at all, and announces it to the servers.
 * Throws TY-ALIAS-MOVED when it stands elsewhere, TY-MODEL-UNKNOWN, TY-MODEL-REQUEST.
 */
export async function moveAlias(access: RegistryAccess, model: string, request: MoveRequest): Promise<MoveAnswer> {
  return move(access, model, REGISTRY.move, request);
}

/** Moves an alias back to the version it stood at before, and announces it. Throws as `moveAlias`. */
export async function rollback(access: RegistryAccess, model: string, request: RollbackRequest): Promise<MoveAnswer> {
  return move(access, model, REGISTRY.rollback, request);
}

/**
 * Says which versions answer beside the champion, or that it answers alone, and announces it. Throws TY-ALIAS-MOVED where
 * another plan is in force than is expected, TY-MODEL-UNKNOWN, TY-MODEL-REQUEST.
 */
export async function setTraffic(
  access: RegistryAccess,
  model: string,
  request: TrafficRequest,
): Promise<TrafficAnswer> {
  const answer = await update<TrafficAnswer, TrafficRequest>(access, model, REGISTRY.traffic, request);
  await announceTraffic(access, { model, traffic: answer.number });
  return answer;
}

/** Sets tags of a version or takes them away, says that it is deprecated or that it is not. Throws as `deleteVersion`. */
export async function annotateVersion(
  access: ProjectAccess,
  model: string,
  request: AnnotateRequest,
): Promise<MarkAnswer> {
  return update(access, model, REGISTRY.annotate, request);
}

/**
 * Says that a version is deleted: no alias can be moved to it, and the collector may take its files. Its line, its
 * figures and its number stay. Throws TY-MODEL-UNKNOWN, and TY-MODEL-REQUEST while an alias stands at it.
 */
export async function deleteVersion(access: ProjectAccess, model: string, request: DeleteRequest): Promise<MarkAnswer> {
  return update(access, model, REGISTRY.remove, request);
}

async function move(
  access: RegistryAccess,
  model: string,
  name: string,
  request: MoveRequest | RollbackRequest,
): Promise<MoveAnswer> {
  const answer = await update<MoveAnswer, MoveRequest | RollbackRequest>(access, model, name, request);
  await announceAlias(access, { model, alias: answer.alias, version: answer.to, move: answer.move });
  return answer;
}

async function update<A, R>(access: ProjectAccess, model: string, name: string, request: R): Promise<A> {
  const handle = await homeHandle(access, homeOf(access, model));
  return inWords(async () => {
    try {
      return await handle.executeUpdate<A, [R]>(name, { args: [request] });
    } catch (error) {
      throw error instanceof WorkflowNotFoundError ? await unknownModel(access, model) : error;
    }
  });
}

/** Gives a refusal of the registry back as the error that it was there. */
async function inWords<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new TrainyardError('TY-WORKER-NONE', { what: 'the model registry did not answer in time', cause: error });
    throw refusalOf(error) ?? error;
  }
}
