// The real parts that the tests of processes with pages play on: Temporal, a store, workers here and in processes of their own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { build } from 'esbuild';
import { inWords } from '../../activities/failure-boundary.js';
import { pageActivities } from '../../activities/processes/pages.js';
import { reviewActivities } from '../../activities/review/activities.js';
import type { Webhook } from '../../core/config.js';
import { TrainyardError } from '@trainyard/errors';
import { toldTo } from './webhooks.js';
import { startTemporal, type TemporalService } from '../../setup/index.js';
import { FileStore, type Store } from '../../store/index.js';

/** A store that can be told to take nothing, or to give nothing, and that counts the blobs that are read. */
export class MoodyStore extends FileStore {
  full = false;
  away = false;
  reads = 0;
  override async putBlob(source: Parameters<Store['putBlob']>[0]): ReturnType<Store['putBlob']> {
    if (this.full) throw new TrainyardError('TY-STORE-FULL', { what: 'there is no space left on this device' });
    return super.putBlob(source);
  }
  override async getBlob(digest: Parameters<Store['getBlob']>[0]): ReturnType<Store['getBlob']> {
    if (this.away) throw new TrainyardError('TY-STORE-REFUSED', { what: 'the store may not be read' });
    this.reads++;
    return super.getBlob(digest);
  }
}

export interface WorkerSettings {
  readonly address: string;
  readonly store: string;
  readonly taskQueue: string;
  readonly bundle: string;
  /** Folder that plans where it dies. */
  readonly plan: string;
  /** Who is told of a registry's events. */
  readonly webhooks?: readonly Webhook[];
}

export class Stage implements AsyncDisposable {
  readonly #ends: (() => Promise<unknown>)[] = [];
  readonly temporal: Client;
  readonly #native: NativeConnection;
  readonly #server: TemporalService;
  readonly #folder: string;
  readonly #code: string;

  private constructor(server: TemporalService, connection: Connection, native: NativeConnection, code: string) {
    this.temporal = new Client({ connection });
    this.#server = server;
    this.#native = native;
    this.#code = code;
    this.#folder = mkdtempSync(path.join(tmpdir(), 'trainyard-stage-'));
    this.#ends.push(async () => rmSync(this.#folder, { recursive: true, force: true }));
    this.#ends.push(
      () => server.stop(),
      () => connection.close(),
      () => native.close(),
    );
  }

  /** For the Workflows that a file exports. */
  static async start(workflows: URL): Promise<Stage> {
    const logger = new DefaultLogger('ERROR');
    Runtime.install({ logger });
    const { code } = await bundleWorkflowCode({ workflowsPath: fileURLToPath(workflows), logger });
    const server = await startTemporal({ uiPort: false });
    const { address } = server;
    return new Stage(server, await Connection.connect({ address }), await NativeConnection.connect({ address }), code);
  }

  store(name: string): MoodyStore {
    return new MoodyStore(path.join(this.#folder, name));
  }

  /** A worker in this process. `cached: false` replays the whole history for each step. */
  async work(
    taskQueue: string,
    store: Store,
    { cached = true, activities = {} }: { readonly cached?: boolean; readonly activities?: object } = {},
  ): Promise<void> {
    const worker = await Worker.create({
      connection: this.#native,
      taskQueue,
      workflowBundle: { code: this.#code },
      activities: inWords({
        ...pageActivities({ store }),
        ...reviewActivities({ store }),
        ...toldTo([], { temporal: this.temporal, taskQueue, store }),
        ...activities,
      }),
      ...(cached ? {} : { maxCachedWorkflows: 0 }),
    });
    const running = worker.run();
    this.#ends.push(async () => {
      worker.shutdown();
      await running;
    });
  }

  /** Starts a worker in a process of its own, again and again as it dies; it dies once at each of the points. */
  async respawn(
    taskQueue: string,
    store: string,
    points: readonly string[],
    webhooks: readonly Webhook[] = [],
  ): Promise<{ readonly deaths: () => number }> {
    const plan = path.join(this.#folder, `plan-${taskQueue}`);
    mkdirSync(plan);
    points.forEach((point, at) => writeFileSync(path.join(plan, `${at}.json`), JSON.stringify({ point })));
    const bundle = path.join(this.#folder, 'bundle.js');
    writeFileSync(bundle, this.#code);
    const program = path.join(this.#folder, 'worker.mjs');
    // Bundled, since Node does not run TypeScript; packages are found through a link.
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), path.join(this.#folder, 'node_modules'));
    const entryPoints = [fileURLToPath(new URL('./worker-main.ts', import.meta.url))];
    await build({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
    const settings: WorkerSettings = { address: this.#server.address, store, taskQueue, bundle, plan, webhooks };
    let deaths = 0;
    let ended = false;
    let child: ChildProcess;
    const start = (): void => {
      child = spawn(process.execPath, [program, JSON.stringify(settings)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      child.once('exit', () => {
        if (ended) return;
        deaths++;
        start();
      });
    };
    start();
    this.#ends.push(async () => {
      ended = true;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    });
    return { deaths: () => deaths };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }
}
