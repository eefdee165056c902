import { fork, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { PlannedCrash } from '../crashes/die-as-planned.js';
import { dyingAsPlanned } from '../crashes/preload.js';
import type { TrainyardClient } from '../../client/client.js';
import { failureOf, startPipeline } from '../../client/run/runs.js';
import type { ConfigInput } from '../../core/config.js';
import type { GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { workflowQueue } from '../../core/queues.js';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { FileStore, readGraph } from '../../store/index.js';
import { keepBundles, takeBundles } from '../shared-bundles.js';
import { WORKER_NODE_OPTIONS } from '../../worker/node-options.js';
import type { Event, Fault } from '../fixtures/probe/nodes/probe/outside.js';

/** gRPC's code. */
const NOT_FOUND = 5;
const root = fileURLToPath(new URL('../..', import.meta.url));
export interface ProbeOptions {
  /** Nodes at once. Default 3. */
  readonly slots?: number;
  /** Pools in place of one named `cpu`. */
  readonly pools?: NonNullable<ConfigInput['pools']>;
  /** Those of them that the worker serves. Default: all. */
  readonly serve?: readonly string[];
  /** Folder of `tests/fixtures`. Default `probe`. */
  readonly fixture?: string;
  /** When a silent worker is given up. Default: long enough for a busy machine. */
  readonly heartbeat?: string;
  /** Starts the worker again whenever it was killed. */
  readonly respawn?: boolean;
  /** Another pool, which no node is placed on by itself. */
  readonly otherPool?: string;
  /** Where the package is installed. Default: this repository. */
  readonly package?: string;
  /** Whether deaths can be planned: the worker looks for plans several times a node. Default true. */
  readonly crashes?: boolean;
  /** URL of a Redis or Valkey. Default: none. */
  readonly redis?: string;
  /** More of the project's configuration. */
  readonly config?: Partial<ConfigInput>;
  /** Options of Node for the worker. */
  readonly execArgv?: readonly string[];
}

/** How a run ended. */
export type Outcome =
  { readonly state: 'done'; readonly result: Json } | { readonly state: 'failed'; readonly error: unknown };

/** One Temporal for all projects of a test file. */
export function startServer(): Promise<TemporalService> {
  return startTemporal({ uiPort: false, quickToForget: true, searchAttributes: SEARCH_ATTRIBUTES });
}

/**
 * A user's project in a folder of its own: a copy of the fixture, its worker a process that can be killed. What nodes
 * did is read from the file that they append to, never from what the engine says.
 */
export class Probe {
  readonly folder: string;
  readonly client: TrainyardClient;
  readonly #options: ProbeOptions;
  readonly #connection: Connection;
  #worker: ChildProcess | undefined;
  readonly #others: ChildProcess[] = [];
  #closing = false;
  /** Options of Node that let a worker die as `planCrash` says. */
  #dying: readonly string[] = [];
  /** Output of the worker, for when something goes wrong. */
  said = '';
  /** Process ids of all its workers so far. */
  readonly workers = new Set<number>();
  /** When workers were killed or died, ms since the epoch. */
  readonly deaths: { readonly pid: number | undefined; readonly at: number }[] = [];

  static async start(server: TemporalService, options: ProbeOptions = {}): Promise<Probe> {
    const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-probe-'));
    const connection = await Connection.connect({ address: server.address });
    const probe = new Probe(folder, server, connection, options);
    if (options.crashes !== false)
      probe.#dying = await dyingAsPlanned(options.package ?? root, probe.path('crashes'), probe.path('crashes.mjs'));
    if (!options.package) takeBundles(folder);
    await probe.startWorker();
    if (!options.package) keepBundles(folder);
    return probe;
  }

  private constructor(folder: string, server: TemporalService, connection: Connection, options: ProbeOptions) {
    this.folder = folder;
    this.#options = options;
    this.#connection = connection;
    const name = path.basename(folder).toLowerCase();
    cpSync(path.join(root, 'tests', 'fixtures', options.fixture ?? 'probe'), folder, { recursive: true });
    for (const inner of ['node_modules', '.trainyard', 'faults', 'crashes', 'nodes'])
      mkdirSync(this.path(inner), { recursive: true });
    symlinkSync(options.package ?? root, this.path('node_modules/trainyard'));
    symlinkSync(path.join(root, 'node_modules', 'zod'), this.path('node_modules/zod'));
    writeFileSync(this.path('package.json'), '{ "name": "probe", "type": "module", "private": true }\n');
    writeFileSync(
      this.path('.trainyard/services.json'),
      JSON.stringify({ temporal: server.address, redis: options.redis, pid: process.pid }),
    );
    this.write(
      'temporal.config.ts',
      `import { defineConfig } from 'trainyard';\nexport default defineConfig(${JSON.stringify({
        name,
        pipelines: ['./pipelines/*.ts'],
        plugins: readdirSync(this.path('nodes')).map((plugin) => `./nodes/${plugin}`),
        pools: options.pools ?? {
          cpu: { slots: options.slots ?? 3 },
          ...(options.otherPool === undefined ? {} : { [options.otherPool]: { slots: 1 } }),
        },
        heartbeat: options.heartbeat ?? '30 seconds',
        ...options.config,
      })});\n`,
    );
    this.client = {
      temporal: new Client({ connection }),
      namespace: 'default',
      taskQueue: workflowQueue(name),
      store: new FileStore(this.path('.trainyard/store')),
      close: () => connection.close(),
    };
  }

  path(file: string): string {
    return path.join(this.folder, file);
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text);
  }

  read(file: string): string {
    return existsSync(this.path(file)) ? readFileSync(this.path(file), 'utf8') : '';
  }

  /** Starts the worker, or starts it again. */
  async startWorker(): Promise<void> {
    const { child, ready } = this.#fork();
    this.#worker = child;
    child.on('exit', () => {
      if (this.#worker === child) this.#worker = undefined;
      if (this.#options.respawn && !this.#closing)
        void this.startWorker().catch((error: unknown) => (this.said += String(error)));
    });
    await ready;
  }

  /** Starts one more worker, which nobody starts again; gives it once it listens. */
  async addWorker(): Promise<ChildProcess> {
    const { child, ready } = this.#fork();
    this.#others.push(child);
    await ready;
    return child;
  }

  #fork(): { child: ChildProcess; ready: Promise<void> } {
    const child = fork(path.join(this.#options.package ?? root, 'dist', 'worker', 'main.js'), this.#arguments(), {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [...WORKER_NODE_OPTIONS, ...this.#dying, ...(this.#options.execArgv ?? [])],
    });
    const hear = (chunk: Buffer): void => {
      this.said = (this.said + chunk.toString('utf8')).slice(-20_000);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    if (child.pid !== undefined) this.workers.add(child.pid);
    child.on('exit', () => this.deaths.push({ pid: child.pid, at: Date.now() }));
    const ready = new Promise<void>((ready, failed) => {
      child.once('exit', () => failed(new Error(`the worker ended:\n${this.said}`)));
      child.on('message', (message: { type: string; error?: unknown }) => {
        if (message.type === 'ready') ready();
        if (message.type === 'failed') failed(new Error(JSON.stringify(message.error)));
      });
    });
    return { child, ready };
  }

  #arguments(): string[] {
    const { serve } = this.#options;
    return [this.path('temporal.config.ts'), ...(serve ? [serve.join()] : [])];
  }

  get workerPid(): number | undefined {
    return this.#worker?.pid;
  }

  /** Rejects when the worker has died: nobody would end a run then. Keeps no process alive. */
  async died(): Promise<never> {
    while (this.workerPid !== undefined) await wait(500, undefined, { ref: false });
    throw new Error(`the worker died:\n${this.said}`);
  }

  /** Kills the worker as a loss of power would; its executors end when they see that it is gone. */
  async killWorker(): Promise<void> {
    const child = this.#worker;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((exited) => child.once('exit', exited));
    child.kill('SIGKILL');
    await gone;
  }

  /** Has the worker take up the project's code as it is now on disk. */
  async reload(): Promise<void> {
    const child = this.#worker;
    if (!child) throw new Error('there is no worker');
    await new Promise<void>((done, failed) => {
      const hear = (message: { type: string; error?: unknown }): void => {
        if (message.type === 'reloaded') done();
        else if (message.type === 'reload-failed') failed(new Error(JSON.stringify(message.error)));
        else return;
        child.off('message', hear);
      };
      child.on('message', hear);
      child.send({ type: 'reload' });
    });
  }

  planFault(run: string, ...faults: readonly Fault[]): void {
    this.write(`faults/${run}.json`, JSON.stringify(faults));
  }

  planCrash(name: string, crash: PlannedCrash): void {
    if (this.#options.crashes === false) throw new Error('this worker was started without plans of its death');
    this.write(`crashes/${name}.json`, JSON.stringify(crash));
  }

  /** Whether a planned death has happened. */
  hasCrashed(name: string): boolean {
    return existsSync(this.path(`crashes/${name}.json.done`));
  }

  start(
    pipeline: string,
    params: Json,
    run: { id: string; lineage?: string; using?: string; seed?: number; fresh?: true; onFailure?: 'pause' },
  ): Promise<WorkflowHandle> {
    const { id, ...input } = run;
    return startPipeline(this.client, { pipeline, id, input: { params, ...input } });
  }

  async outcome(handle: WorkflowHandle): Promise<Outcome> {
    try {
      const closed = (await handle.result()) as { result: Json };
      return { state: 'done', result: closed.result };
    } catch (error) {
      return { state: 'failed', error: failureOf(error, handle.workflowId) };
    }
  }

  async run(pipeline: string, params: Json, run: Parameters<Probe['start']>[2]): Promise<Outcome> {
    return this.outcome(await this.start(pipeline, params, run));
  }

  /** Deletes a run from Temporal, and waits until Temporal knows nothing of it. */
  async forget(run: string): Promise<void> {
    const { workflowService, workflow } = this.client.temporal;
    await workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId: run } });
    const end = performance.now() + 60_000;
    while (performance.now() < end) {
      try {
        await workflow.getHandle(run).describe();
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || (error as { code?: unknown }).code === NOT_FOUND) return;
        throw error;
      }
      await wait(100);
    }
    throw new Error(`Temporal has not forgotten ${run}`);
  }

  /** What nodes have noted, of one run and its studies or of all. */
  events(run?: string): Event[] {
    // What stands after the last line's end is still being written.
    return this.read('events.jsonl')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Event)
      .filter((event) => run === undefined || event.run === run || event.run.startsWith(`${run}/`));
  }

  /** Resolves when an event is there, looked for twenty times a second. */
  async until(test: (event: Event) => boolean, withinMs = 300_000): Promise<Event> {
    const end = performance.now() + withinMs;
    for (;;) {
      const found = this.events().find(test);
      if (found) return found;
      if (performance.now() > end) throw new Error(`no such event within ${withinMs} ms\n${this.said}`);
      await wait(50);
    }
  }

  async graph(run: string): Promise<GraphRecord> {
    return (await readGraph(this.client.store, run)) as unknown as GraphRecord;
  }

  /** Types of the events in a run's history, all its continuations included. */
  async history(run: string): Promise<{ readonly type: string; readonly activity?: string }[][]> {
    const histories: { type: string; activity?: string }[][] = [];
    const first = await this.client.temporal.workflow.getHandle(run).describe();
    let runId: string | undefined = first.raw.workflowExecutionInfo?.firstRunId ?? first.runId;
    while (runId) {
      const { events } = await this.client.temporal.workflow.getHandle(run, runId).fetchHistory();
      histories.push(
        (events ?? []).map((event) => {
          const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
          return { type: String(event.eventType), ...(activity ? { activity } : {}) };
        }),
      );
      runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    }
    return histories;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const all = this.#worker ? [this.#worker, ...this.#others] : this.#others;
    const alive = all.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    await Promise.all(alive.map(end));
    await this.#connection.close();
    if (!process.env['TRAINYARD_KEEP']) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((exited) => child.once('exit', exited));
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 8_000);
  await gone;
  clearTimeout(forced);
}
