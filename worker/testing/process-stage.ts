import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { processActivities } from '../../activities/processes/activities.js';
import { inWords } from '../../activities/failure-boundary.js';
import { childId } from '../../core/ids.js';
import type { ProcessServices } from '../../client/process.js';
import { bundle } from '../../project/bundle.js';
import type { ProcessExample } from './process-example.js';

/** Where processes are tested. */
export interface StagePlace {
  /** Of a Temporal: `127.0.0.1:7233`, say, where `trainyard dev` has one. */
  readonly address: string;
  readonly namespace?: string;
  /** What the process's Activities work with; a process without Activities needs none. */
  readonly services?: ProcessServices;
}

/** How long a build is waited for to be the current one, ms. */
const CURRENT_WITHIN_MS = 30_000;

interface Working {
  stop(): Promise<void>;
}

/** What was bundled, by example: to bundle takes longer than most cases. */
const bundles = new WeakMap<ProcessExample, Promise<string>>();

/** One process on a task queue of its own, with workers that come and go. */
export class ProcessStage implements AsyncDisposable {
  readonly #example: ProcessExample;
  readonly #place: StagePlace;
  readonly #client: Client;
  readonly #native: NativeConnection;
  readonly #folder: string;
  readonly #code: string;
  readonly #working = new Set<Working>();
  readonly #queue = `trainyard-stage-${randomUUID().slice(0, 8)}`;

  private constructor(parts: {
    readonly example: ProcessExample;
    readonly place: StagePlace;
    readonly client: Client;
    readonly native: NativeConnection;
    readonly folder: string;
    readonly code: string;
  }) {
    this.#example = parts.example;
    this.#place = parts.place;
    this.#client = parts.client;
    this.#native = parts.native;
    this.#folder = parts.folder;
    this.#code = parts.code;
  }

  /** Connects, and bundles the process. Closed, it ends its workers; what was started stays in Temporal. */
  static async open(example: ProcessExample, place: StagePlace): Promise<ProcessStage> {
    const { address, namespace = 'default' } = place;
    const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-process-'));
    const connection = await Connection.connect({ address });
    const native = await NativeConnection.connect({ address });
    const client = new Client({ connection, namespace });
    const code = bundles.get(example) ?? bundled(example, folder);
    bundles.set(example, code);
    return new ProcessStage({ example, place, client, native, folder, code: await code });
  }

  /** Starts a worker of a build, which becomes the current one. Without a cache each step repeats the whole history. */
  async work({ build = 'one', cached = true }: { build?: string; cached?: boolean } = {}): Promise<Working> {
    const { services, namespace = 'default' } = this.#place;
    const activities = services ? inWords(await processActivities([this.#example.process], services)) : {};
    const worker = await Worker.create({
      connection: this.#native,
      namespace,
      taskQueue: this.#queue,
      workflowBundle: { code: this.#code },
      activities,
      ...(cached ? {} : { maxCachedWorkflows: 0 }),
      workerDeploymentOptions: {
        version: { deploymentName: this.#queue, buildId: build },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    });
    const running = worker.run();
    const working: Working = {
      stop: async () => {
        if (!this.#working.delete(working)) return;
        worker.shutdown();
        await running;
      },
    };
    this.#working.add(working);
    await this.#makeCurrent(build);
    return working;
  }

  start(input = this.#example.input): Promise<WorkflowHandle> {
    const { name } = this.#example.process;
    const workflowId = childId(this.#queue, name);
    return this.#client.workflow.start(name, {
      workflowId,
      taskQueue: this.#queue,
      args: [input()],
    });
  }

  /** What the process says of itself; undefined where nothing is shown of it. */
  async state(handle: WorkflowHandle): Promise<unknown> {
    const { state, process } = this.#example;
    if (state) return state(handle);
    const view = await process.view?.();
    const store = this.#place.services?.store as NonNullable<StagePlace['services']>['store'];
    return view?.read({ temporal: this.#client, store }, handle.workflowId, undefined);
  }

  /** Repeats the history of its last run. Throws what does not repeat. */
  async replay(handle: WorkflowHandle): Promise<void> {
    await Worker.runReplayHistory(
      { workflowBundle: { code: this.#code } },
      await handle.fetchHistory(),
      handle.workflowId,
    );
  }

  async firstRun(handle: WorkflowHandle): Promise<string> {
    return (await handle.describe()).runId;
  }

  async lastRun({ workflowId }: WorkflowHandle): Promise<string> {
    return (await this.#client.workflow.getHandle(workflowId).describe()).runId;
  }

  /** The build that did its last step. */
  async buildOf({ workflowId }: WorkflowHandle): Promise<string | undefined> {
    const { raw } = await this.#client.workflow.getHandle(workflowId).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
  }

  async #makeCurrent(buildId: string): Promise<void> {
    const { namespace = 'default' } = this.#place;
    const { workflowService } = this.#client;
    for (const until = performance.now() + CURRENT_WITHIN_MS; ; await sleep(100))
      try {
        const version = { namespace, deploymentName: this.#queue, buildId, ignoreMissingTaskQueues: true };
        await workflowService.setWorkerDeploymentCurrentVersion(version);
        return;
      } catch (error) {
        // A version is known a moment after its worker polls.
        if (performance.now() > until) throw error;
      }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [...this.#working]) await one.stop();
    await this.#client.connection.close();
    await this.#native.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The process's Workflow under its name, with the versioning that it says, as a project's bundle has it. */
async function bundled({ process, others = [] }: ProcessExample, folder: string): Promise<string> {
  const from = (module: URL): string => JSON.stringify(fileURLToPath(module));
  const entry = path.join(folder, 'entry.ts');
  const { workflow, name, versions } = process;
  const lines = [
    `import { setWorkflowOptions } from '@temporalio/workflow';`,
    `import { ${workflow.export} as workflow } from ${from(workflow.module)};`,
    ...(versions === 'moves on' ? [`setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, workflow);`] : []),
    `export { workflow as ${JSON.stringify(name)} };`,
    ...others.map((module) => `export * from ${from(module)};`),
  ];
  await writeFile(entry, lines.join('\n'));
  return (await bundle(entry, path.join(folder, 'webpack'))).code;
}
