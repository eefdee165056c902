import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '@trainyard/errors';
import { readAddresses } from '../project/addresses.js';
import { projectCodes } from '../project/codes.js';
import type { Project } from '../project/project.js';
import { refusalOf } from '../project/refused-builds.js';
import { buildIdOf, isSameCode } from '../project/workflow-bundle.js';
import type { TrainyardClient } from './client.js';
import { isServed } from './run/running-builds.js';
import { isAway } from './unreachable.js';

/** A worker of `trainyard dev` takes up every edit: how long that may take on a busy machine, ms. */
const WITH_DEV_MS = 180_000;
/** Another one may just be starting, ms. */
const WITHOUT_DEV_MS = 10_000;
const ASK_EVERY_MS = 40;

/** Build of the project as it is on the disk. Throws what is wrong with the code (TY-CODE). */
export async function buildOnDisk(project: Project): Promise<string> {
  return buildIdOf(project, await projectCodes(project), readAddresses(project.state)?.server);
}

/**
 * Waits until new runs start on a build, so that no run uses other code than there is on the disk. Returns at once where
 * nobody serves anything: whoever comes takes up what is there. `onWait` is told once that it takes a while. Throws what
 * a worker says is wrong with the build, and TY-CODE-BEHIND when none takes it up.
 */
export async function awaitCurrent(
  client: TrainyardClient,
  project: Project,
  buildId: string,
  options: {
    /** Whether somebody who takes up edits runs now. */
    readonly hasDev: () => boolean;
    readonly onWait?: (hasDev: boolean) => void;
    readonly signal?: AbortSignal;
    readonly patienceMs?: number;
  },
): Promise<void> {
  const routing = new Routing(client);
  const start = Date.now();
  let said = false;
  for (;;) {
    const { buildId: current, settled } = await routing.look();
    const isTaken = current !== undefined && isSameCode(current, buildId);
    if (isTaken && settled) return;
    const hasDev = options.hasDev();
    if (!hasDev && (current === undefined || !(await isServed(client.temporal, client.taskQueue, 'workflow')))) return;
    const refusal = await refusalOf(project, buildId);
    if (refusal) throw refusal;
    if (!said) options.onWait?.(hasDev);
    said = true;
    if (Date.now() - start > (options.patienceMs ?? (hasDev || isTaken ? WITH_DEV_MS : WITHOUT_DEV_MS)))
      throw new TrainyardError('TY-CODE-BEHIND', {
        what: 'the workers serve other code than the project has on this disk, and none has taken it up',
        where: { file: project.root },
        expected: `build ${buildId}`,
        actual: `build ${current ?? 'none'}`,
        ...(hasDev
          ? {
              remedy: `look at ${path.join(project.state, 'logs', 'worker.log')}; if packages were installed meanwhile, start trainyard dev again`,
            }
          : {}),
      });
    await sleep(ASK_EVERY_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/** `TASK_QUEUE_TYPE_WORKFLOW`. */
const OF_WORKFLOWS = 1;
/** What a task queue knows its partitions know a moment later, ms. For servers that do not say what each partition knows. */
const PASSED_ON_MS = 500;

/** Where new runs of a project start. */
export class Routing {
  readonly #client: TrainyardClient;
  #partitions: readonly string[] | undefined;
  #heard: { readonly buildId: string; readonly at: number } | undefined;

  constructor(client: TrainyardClient) {
    this.#client = client;
  }

  /**
   * The build that new runs start on, and whether every partition of their task queue has heard so: a new run comes to any of them.
   * Temporal's own word for that (`routingConfigUpdateState`) comes seconds later, and from about the third build on sometimes never.
   */
  async look(): Promise<{ readonly buildId: string | undefined; readonly settled: boolean }> {
    this.#partitions ??= await orNone(this.#listPartitions());
    const known = await orNone(Promise.all(this.#partitions.map((name) => this.#currentIn(name))));
    const [first, ...others] = known;
    if (known.length > 0) return { buildId: first, settled: others.every((other) => other === first) };
    this.#partitions = [];
    const buildId = await this.#currentIn(this.#client.taskQueue);
    if (this.#heard === undefined || this.#heard.buildId !== buildId)
      this.#heard = buildId === undefined ? undefined : { buildId, at: performance.now() };
    return { buildId, settled: this.#heard !== undefined && performance.now() - this.#heard.at >= PASSED_ON_MS };
  }

  /** Names of the partitions of the task queue, itself among them. */
  async #listPartitions(): Promise<string[]> {
    const { temporal, namespace, taskQueue } = this.#client;
    const found = await temporal.workflowService.listTaskQueuePartitions({ namespace, taskQueue: { name: taskQueue } });
    return found.workflowTaskQueuePartitions.flatMap(({ key }) => (key ? [key] : []));
  }

  /** The build that a partition of the task queue starts new runs on. */
  async #currentIn(name: string): Promise<string | undefined> {
    const { temporal, namespace } = this.#client;
    const { versioningInfo } = await temporal.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType: OF_WORKFLOWS,
    });
    return versioningInfo?.currentDeploymentVersion?.buildId || undefined;
  }
}

/** What a server answers; nothing where it does not know the question. */
async function orNone<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (isAway(error)) throw error;
    return [];
  }
}
